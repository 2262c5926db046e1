import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../kernel/clock.ts';
import type { MeshError } from '../../kernel/mesh-error.ts';
import { durationMs } from '../../kernel/units.ts';
import { diedError, drainingError, fullError, stuckError } from './worker-errors.ts';
import { fromWorkerOutcome, type WorkerOutcome } from './worker-outcome.ts';

/** What a worker in a process of its own is made of. */
export interface ProcessWorkerOptions<Request> {
  /** Names the worker in errors. */
  readonly name: string;
  /** Compiled module that calls `serveProcess`. */
  readonly file: URL;
  /** Variables of its environment beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Plain data that the process gets when it starts. */
  readonly workerData: unknown;
  /** Tasks that may wait for the one that runs. */
  readonly queueTasksMax: number;
  /** A task that takes longer, its wait included, makes the worker stuck. Milliseconds. */
  readonly stuckMsMax: number;
  readonly clock: Clock;
  /** Called once, when a task has not come back. The process is gone by then. */
  readonly onStuck: (error: MeshError) => void;
  /** Asked when all is idle, before the process ends. What it answers does not matter. */
  readonly farewell?: Request;
}

/** A message to the process. */
export type ToProcess<Request> =
  | { readonly kind: 'start'; readonly workerData: unknown }
  | { readonly kind: 'task'; readonly id: number; readonly request: Request };

/** A message of the process. */
export interface FromProcess<Reply> {
  readonly id: number;
  readonly outcome: WorkerOutcome<Reply>;
}

interface Task<Reply> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
  readonly settled: Promise<unknown>;
  /** Ends the watch over the task. */
  readonly expiry: AbortController;
}

// Memory is given back in milliseconds.
const farewellMsMax = 5_000;

/**
 * A worker in a process of its own, for a runtime of which a process can hold only one. It has the calls of a `WorkerPool` of
 * one thread, and costs some 40 us a call more. What such a process hangs in or dies of ends with it.
 */
export class ProcessWorker<Request, Reply> {
  readonly #options: ProcessWorkerOptions<Request>;
  readonly #tasks = new Map<number, Task<Reply>>();
  #child: ChildProcess | undefined;
  #taskId = 0;
  #isStopping = false;
  #stuck: MeshError | undefined;

  constructor(options: ProcessWorkerOptions<Request>) {
    this.#options = options;
    // At once: what it loads takes seconds, and somebody will wait for it.
    this.#child = this.#start();
  }

  /** Tasks handed over and not answered yet. */
  get tasksInFlight(): number {
    return this.#tasks.size;
  }

  /** Whether a task has outlived `stuckMsMax`; never becomes false again. */
  get isStuck(): boolean {
    return this.#stuck !== undefined;
  }

  /**
   * Runs one request in the process; a process that has died meanwhile is started again.
   * @throws {MeshError} UNAVAILABLE / DRAINING after stop; UNAVAILABLE / WORKER_STUCK; RESOURCE_EXHAUSTED / QUEUE_FULL;
   * INTERNAL / INFERENCE_FAILED when the process dies; and whatever the worker gives.
   */
  run(request: Request, options: { readonly stuckMsMax?: number } = {}): Promise<Reply> {
    const { name, queueTasksMax, stuckMsMax } = this.#options;
    if (this.#stuck !== undefined) return Promise.reject(this.#stuck);
    if (this.#isStopping) return Promise.reject(drainingError(name));
    if (this.#tasks.size > queueTasksMax) {
      return Promise.reject(fullError(name, queueTasksMax + 1));
    }
    return this.#send(request, options.stuckMsMax ?? stuckMsMax);
  }

  /**
   * Takes nothing new, waits until each task has ended by itself, then ends the process; one whose task still runs is killed.
   * @throws {MeshError} UNAVAILABLE / WORKER_STUCK when a task still ran after `graceMs`.
   */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    const { farewell } = this.#options;
    const isIdle = await this.#settleWithin(graceMs);
    if (isIdle && farewell !== undefined && this.#child !== undefined) {
      this.#send(farewell, farewellMsMax).catch(() => undefined);
      await this.#settleWithin(farewellMsMax);
    }
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
    if (isIdle) return;
    const error = stuckError(this.#options.name, graceMs);
    this.#failAll(error);
    throw error;
  }

  #send(request: Request, stuckMsMax: number): Promise<Reply> {
    const child = this.#child ?? this.#start();
    this.#child = child;
    this.#taskId += 1;
    const id = this.#taskId;
    const expiry = new AbortController();
    const reply = new Promise<Reply>((resolve, reject) => {
      const settled = new Promise<void>((settle) => {
        expiry.signal.addEventListener('abort', () => settle(), { once: true });
      });
      this.#tasks.set(id, { resolve, reject, settled, expiry });
    });
    const message: ToProcess<Request> = { kind: 'task', id, request };
    child.send(message, (error) => {
      if (error !== null) this.#settle(id, (task) => task.reject(this.#died(error)));
    });
    void this.#watch(stuckMsMax, expiry.signal);
    return reply;
  }

  #start(): ChildProcess {
    const child = fork(fileURLToPath(this.#options.file), [], {
      env: { ...process.env, ...this.#options.environment },
      // Typed arrays travel as they are.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const start: ToProcess<Request> = { kind: 'start', workerData: this.#options.workerData };
    child.send(start, () => undefined);
    child.on('message', ({ id, outcome }: FromProcess<Reply>) => {
      this.#settle(id, (task) => {
        try {
          task.resolve(fromWorkerOutcome(outcome));
        } catch (error) {
          task.reject(error);
        }
      });
    });
    child.once('error', () => this.#lose(child));
    child.once('exit', () => this.#lose(child));
    return child;
  }

  #settle(id: number, act: (task: Task<Reply>) => void): void {
    const task = this.#tasks.get(id);
    if (task === undefined) return;
    this.#tasks.delete(id);
    act(task);
    task.expiry.abort();
  }

  #lose(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#failAll(this.#died(undefined));
  }

  #failAll(error: MeshError): void {
    for (const id of [...this.#tasks.keys()]) this.#settle(id, (task) => task.reject(error));
  }

  async #watch(stuckMsMax: number, signal: AbortSignal): Promise<void> {
    const { name, clock, onStuck } = this.#options;
    await clock.sleep(durationMs(stuckMsMax), signal).catch(() => undefined);
    if (signal.aborted || this.#stuck !== undefined) return;
    const error = stuckError(name, stuckMsMax);
    this.#stuck = error;
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
    this.#failAll(error);
    onStuck(error);
  }

  async #settleWithin(graceMs: number): Promise<boolean> {
    const expiry = new AbortController();
    const settled = Promise.all([...this.#tasks.values()].map((task) => task.settled));
    const expired = this.#options.clock
      .sleep(durationMs(graceMs), expiry.signal)
      .catch(() => undefined);
    await Promise.race([settled, expired]);
    expiry.abort();
    return this.#tasks.size === 0;
  }

  #died(cause: unknown): MeshError {
    return diedError(this.#options.name, cause);
  }
}
