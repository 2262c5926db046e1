import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { ThreadPort } from './serve-thread.ts';
import type { WorkerOutcome } from './worker-outcome.ts';

/** Who waits for the answer to one request: one of both is called, once. */
export interface Waiting<Reply> {
  readonly onOutcome: (outcome: WorkerOutcome<Reply>) => void;
  /** The thread died, or the request can't be sent. */
  readonly onLost: (cause: unknown) => void;
}

/**
 * One thread, which piscina starts, starts again when it dies, and ends. Requests don't take piscina's way, but a port of their
 * own: its tasks took the main thread as long again as the message, and one that waits is with the thread already when that is free.
 */
export class WorkerThread<Request, Reply> {
  readonly #piscina: Piscina<ThreadPort, void>;
  #waiting: Waiting<Reply>[] = [];
  #port: MessagePort | undefined;
  #lastError: unknown;

  /** Starts a thread of the compiled module `file`, whose `handle` comes from `serveThread`, with `workerData`. */
  constructor(file: URL, workerData: unknown) {
    this.#piscina = new Piscina<ThreadPort, void>({
      filename: file.href,
      name: 'handle',
      workerData,
      minThreads: 1,
      maxThreads: 1,
      // The default parks an idle thread in Atomics.wait, where neither timers nor the inspector run.
      atomics: 'disabled',
      recordTiming: false,
    });
    this.#piscina.on('error', (error: unknown) => {
      this.#lastError = error;
    });
    // In a moment: piscina says that a thread is gone before it says why, and before it has started the next.
    this.#piscina.on('workerDestroy', () => {
      const lost = this.#port;
      queueMicrotask(() => this.#lose(lost, this.#lastError));
    });
    this.#port = this.#connect();
  }

  /** Requests that are not answered. */
  get load(): number {
    return this.#waiting.length;
  }

  /** Sends a request; it is answered after those before it. The buffers in `transfer` move to the thread. */
  send(request: Request, transfer: readonly ArrayBuffer[], waiting: Waiting<Reply>): void {
    const port = this.#port ?? this.#connect();
    this.#port = port;
    try {
      if (transfer.length === 0) port.postMessage(request);
      else port.postMessage(request, [...transfer]);
    } catch (thrown) {
      waiting.onLost(thrown);
      return;
    }
    if (this.#waiting.push(waiting) === 1) port.ref();
  }

  /** Ends the thread; only one that is idle may be ended. */
  async end(): Promise<void> {
    this.#port?.close();
    await this.#piscina.destroy();
  }

  #connect(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (outcome: WorkerOutcome<Reply>) => {
      const first = this.#waiting.shift();
      // What nobody waits for keeps no process alive.
      if (this.#waiting.length === 0) port1.unref();
      first?.onOutcome(outcome);
    });
    port1.on('messageerror', (error: Error) => this.#waiting.shift()?.onLost(error));
    port1.unref();
    this.#piscina
      .run({ port: port2 }, { transferList: [port2] })
      .catch((cause: unknown) => this.#lose(port1, cause));
    return port1;
  }

  /** Tells whoever waits for the thread of a port; the next request starts with another. */
  #lose(port: MessagePort | undefined, cause: unknown): void {
    if (port === undefined || this.#port !== port) return;
    this.#port = undefined;
    this.#lastError = undefined;
    port.close();
    const lost = this.#waiting;
    this.#waiting = [];
    for (const { onLost } of lost) onLost(cause);
  }
}
