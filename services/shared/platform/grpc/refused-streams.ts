import type { ServerHttp2Stream } from 'node:http2';
import type { MeshError } from '../../kernel/mesh-error.ts';
import { BriefSet, type Seated } from '../../policy/brief-set.ts';
import { answerRefused, refuseStream, resetRefused } from './call-gate.ts';

/** A refused call is reset when it is still open after one to two of these. */
const tickMs = 500;
/** Above so many that are open, calls are reset at once. */
const openMax = 4_096;

/**
 * Refuses calls without a reset where they end by themselves: the first piece of their data is let come, and a small call has come whole then. A reset is a write to
 * the socket of its own, a third of what a refusal costs. A call that goes on, does not end, or is there when the server stops is reset.
 */
export class RefusedStreams {
  readonly #open = new BriefSet<OpenStream>();
  #tick = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Answers a call with an error at once. */
  refuse(stream: ServerHttp2Stream, error: MeshError): void {
    if (this.#open.size >= openMax) {
      refuseStream(stream, error);
      return;
    }
    answerRefused(stream, error);
    const one = new OpenStream(stream, this.#tick);
    this.#open.add(one);
    stream.on('close', () => this.#open.delete(one));
    stream.once('data', letItEnd);
    this.#timer ??= setTimeout(this.#onTick, tickMs).unref();
  }

  /** Calls that were refused and are open still. */
  get size(): number {
    return this.#open.size;
  }

  /** Ends those that are open, so that they keep no connection. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { stream } of this.#open) resetRefused(stream);
  }

  readonly #onTick = (): void => {
    for (const { stream, tick } of this.#open) if (tick < this.#tick) resetRefused(stream);
    this.#tick += 1;
    this.#timer = this.#open.size === 0 ? undefined : setTimeout(this.#onTick, tickMs).unref();
  };
}

class OpenStream implements Seated {
  seat = -1;
  readonly stream: ServerHttp2Stream;
  /** Ticks before it came. */
  readonly tick: number;

  constructor(stream: ServerHttp2Stream, tick: number) {
    this.stream = stream;
    this.tick = tick;
  }
}

function letItEnd(this: ServerHttp2Stream): void {
  this.once('data', stopReading);
}

function stopReading(this: ServerHttp2Stream): void {
  resetRefused(this);
}
