import type { Clock } from '../../kernel/clock.ts';
import type { MeshError } from '../../kernel/mesh-error.ts';
import { durationMs } from '../../kernel/units.ts';
import { BriefSet, type Seated } from '../../policy/brief-set.ts';
import { diedError, drainingError, fullError, stuckError } from './worker-errors.ts';
import { fromWorkerOutcome } from './worker-outcome.ts';
import { WorkerThread } from './worker-thread.ts';

/** What a pool is made of. */
export interface WorkerPoolOptions<Request = unknown> {
  /** Names the pool in errors. */
  readonly name: string;
  /** Compiled module whose export `handle` comes from `serveThread`. */
  readonly file: URL;
  /** Plain data that every thread sees as `workerData`. */
  readonly workerData: unknown;
  /** Threads, from 1. They all start at once and live until the pool stops, so that what they loaded is never lost. */
  readonly threads: number;
  /** Tasks that may wait for a thread. */
  readonly queueTasksMax: number;
  /** A task that takes longer, its wait included, makes the pool stuck. Milliseconds. */
  readonly stuckMsMax: number;
  readonly clock: Clock;
  /** Called once, when the pool is found stuck. Nothing can free the thread: the process has to be replaced. */
  readonly onStuck: (error: MeshError) => void;
  /** Asked of the thread of a pool of one when all is idle, before it ends. What it answers does not matter. */
  readonly farewell?: Request;
}

/** How one request is run. */
export interface RunOptions {
  /** Buffers that move to the thread: the caller cannot read them any more. */
  readonly transfer?: readonly ArrayBuffer[];
  /** Takes the place of the pool's, for a request that may take longer than others. */
  readonly stuckMsMax?: number;
}

interface Task extends Seated {
  /** Gives up the wait; the thread goes on. */
  readonly abandon: (error: MeshError) => void;
  /** Looks of the watch that the task may still outlive. */
  looksLeft: number;
}

// A stuck thread is found at most a quarter late.
const looksPerLimit = 4;
// Memory is given back in milliseconds; a thread that does not come back from it must not be killed either.
const farewellMsMax = 5_000;

/**
 * Worker threads behind one typed call. Three properties of native inference shape it: a thread that is busy in native code
 * must never be killed (it aborts the process), so there is no AbortSignal and no terminate; a task cannot be cancelled, so
 * one that takes too long makes the pool stuck for good; and any thread may get any task, so what it needs comes with
 * `workerData` and is loaded by each.
 */
export class WorkerPool<Request, Reply> {
  readonly #options: WorkerPoolOptions<Request>;
  readonly #threads: readonly WorkerThread<Request, Reply>[];
  readonly #tasks = new BriefSet<Task>();
  readonly #watch = new AbortController();
  #phase: 'open' | 'stopping' | 'stopped' = 'open';
  #isStuck = false;
  #isFarewellSaid = false;
  #onIdle: readonly (() => void)[] = [];

  constructor(options: WorkerPoolOptions<Request>) {
    this.#options = options;
    this.#threads = Array.from(
      { length: options.threads },
      () => new WorkerThread<Request, Reply>(options.file, options.workerData),
    );
    this.#watchTasks().catch(() => undefined);
  }

  /** Tasks handed over and not answered yet. */
  get tasksInFlight(): number {
    return this.#tasks.size;
  }

  /** Whether a task has outlived `stuckMsMax`; never becomes false again. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  /**
   * Runs one request on a thread. When the pool becomes stuck, whoever waits is told at once; what the thread gives later is
   * dropped.
   * @throws {MeshError} UNAVAILABLE / DRAINING after stop; UNAVAILABLE / WORKER_STUCK; RESOURCE_EXHAUSTED / QUEUE_FULL;
   * INTERNAL / INFERENCE_FAILED when the thread dies; and whatever the worker gives.
   */
  run(request: Request, { transfer = [], stuckMsMax }: RunOptions = {}): Promise<Reply> {
    const refusal = this.#refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    const limitRatio = (stuckMsMax ?? this.#options.stuckMsMax) / this.#options.stuckMsMax;
    return this.#send(request, transfer, Math.ceil(limitRatio * looksPerLimit));
  }

  #send(request: Request, transfer: readonly ArrayBuffer[], looksLeft: number): Promise<Reply> {
    return new Promise<Reply>((resolve, reject) => {
      const task: Task = { abandon: reject, looksLeft, seat: -1 };
      this.#tasks.add(task);
      this.#leastBusy().send(request, transfer, {
        onOutcome: (outcome) => {
          this.#end(task);
          try {
            resolve(fromWorkerOutcome(outcome));
          } catch (error) {
            reject(error);
          }
        },
        onLost: (cause) => {
          this.#end(task);
          reject(diedError(this.#options.name, cause));
        },
      });
    });
  }

  #leastBusy(): WorkerThread<Request, Reply> {
    return this.#threads.reduce((least, thread) => (thread.load < least.load ? thread : least));
  }

  #end(task: Task): void {
    this.#tasks.delete(task);
    if (this.#tasks.size > 0) return;
    const waiting = this.#onIdle;
    this.#onIdle = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves when no task is with a thread. */
  #whenIdle(): Promise<void> {
    if (this.#tasks.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = [...this.#onIdle, resolve];
    });
  }

  /**
   * Takes nothing new, waits until each task in flight has ended by itself, then ends the idle threads. May be called again.
   * @throws {MeshError} UNAVAILABLE / WORKER_STUCK when a task still runs after `graceMs`: the threads are left as they are,
   * and the process can only be killed.
   */
  async stop(graceMs: number): Promise<void> {
    if (this.#phase === 'stopped') return;
    this.#phase = 'stopping';
    this.#watch.abort();
    // A stuck one has had its time.
    if (!(await this.#settleWithin(this.#isStuck ? 0 : graceMs)))
      throw stuckError(this.#options.name, graceMs);
    this.#sayFarewell();
    if (!(await this.#settleWithin(farewellMsMax)))
      throw stuckError(this.#options.name, farewellMsMax);
    this.#phase = 'stopped';
    await this.#endThreads();
  }

  #sayFarewell(): void {
    const { farewell } = this.#options;
    if (farewell === undefined || this.#isFarewellSaid) return;
    this.#isFarewellSaid = true;
    this.#send(farewell, [], looksPerLimit).catch(() => undefined);
  }

  #refusal(): MeshError | undefined {
    const { name, stuckMsMax, threads, queueTasksMax } = this.#options;
    if (this.#isStuck) return stuckError(name, stuckMsMax);
    if (this.#phase !== 'open') return drainingError(name);
    // Every thread runs one task, the rest waits.
    const capacity = threads + queueTasksMax;
    return this.#tasks.size < capacity ? undefined : fullError(name, capacity);
  }

  /**
   * Counts looks rather than time: a process that was suspended, or got no processor, comes back to tasks that are old by the
   * clock and had no chance to end.
   */
  async #watchTasks(): Promise<void> {
    const { clock, stuckMsMax, onStuck } = this.#options;
    while (!this.#watch.signal.aborted) {
      await clock.sleep(durationMs(stuckMsMax / looksPerLimit), this.#watch.signal);
      for (const task of this.#tasks) task.looksLeft -= 1;
      if (![...this.#tasks].some(({ looksLeft }) => looksLeft < 0)) continue;
      this.#isStuck = true;
      this.#watch.abort();
      const error = stuckError(this.#options.name, stuckMsMax);
      for (const task of this.#tasks) task.abandon(error);
      void this.#endWhenIdle();
      onStuck(error);
    }
  }

  /**
   * Frees the threads of a stuck pool, should they ever come back. An answer is no sign that the native call is over: what is behind it runs on for a moment, and a thread
   * that is ended then takes the process along (SIGABRT). The answer to another request is.
   */
  async #endWhenIdle(): Promise<void> {
    await this.#whenIdle();
    this.#sayFarewell();
    await this.#whenIdle();
    if (this.#phase === 'stopped') return;
    this.#phase = 'stopped';
    await this.#endThreads();
  }

  async #endThreads(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }

  async #settleWithin(graceMs: number): Promise<boolean> {
    const expiry = new AbortController();
    const settled = this.#whenIdle().then(() => true);
    const expired = this.#options.clock
      .sleep(durationMs(graceMs), expiry.signal)
      .then(() => false)
      .catch(() => false);
    const isSettled = await Promise.race([settled, expired]);
    expiry.abort();
    return isSettled;
  }
}
