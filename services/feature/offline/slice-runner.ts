import type { Clock } from '../../shared/kernel/clock.ts';
import { WorkerPool } from '../../shared/platform/worker/worker-pool.ts';
import { type SliceRequest, sweepSlice } from '../core/sweep-slice.ts';

/** Computes slices of views, on as many threads as it has. */
export interface SliceRunner {
  /** How many slices a view is best cut into. */
  readonly slices: number;
  /** Resolves when all are done; `onDone` learns how many examples each held. Slices may not write the same rows. */
  run(
    requests: readonly SliceRequest[],
    onDone: (examples: number) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
  /** Ends the threads; another run starts others. */
  stop(): Promise<void>;
}

/** Slices of a thread: some are longer than others, and the last ones to end should be short. */
const slicesPerThread = 4;

/** An hour: a slice of the longest sets takes minutes. */
const sliceMsMax = 3_600_000;

/** Gives what runs slices: on threads of their own, or with one thread, on the caller's. */
export function sliceRunner(threads: number, clock: Clock): SliceRunner {
  return threads <= 1 ? callersThread : new SlicePool(threads, clock);
}

const callersThread: SliceRunner = {
  slices: 1,
  async run(requests, onDone, signal) {
    for (const request of requests) {
      signal.throwIfAborted();
      await onDone(sweepSlice(request));
    }
  },
  stop: () => Promise.resolve(),
};

class SlicePool implements SliceRunner {
  readonly slices: number;
  readonly #threads: number;
  readonly #clock: Clock;
  #pool: WorkerPool<SliceRequest, number> | undefined;

  constructor(threads: number, clock: Clock) {
    this.slices = threads * slicesPerThread;
    this.#threads = threads;
    this.#clock = clock;
  }

  async run(
    requests: readonly SliceRequest[],
    onDone: (examples: number) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const waiting = requests.values();
    this.#pool ??= this.#newPool();
    const pool = this.#pool;
    const runSome = async (): Promise<void> => {
      for (const request of waiting) {
        signal.throwIfAborted();
        await onDone(await pool.run(request));
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: this.#threads }, runSome));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  async stop(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.stop(sliceMsMax);
  }

  #newPool(): WorkerPool<SliceRequest, number> {
    return new WorkerPool<SliceRequest, number>({
      name: 'training-set',
      file: new URL('../worker/sweep-slice.js', import.meta.url),
      workerData: undefined,
      threads: this.#threads,
      queueTasksMax: this.#threads,
      stuckMsMax: sliceMsMax,
      clock: this.#clock,
      onStuck: () => undefined,
    });
  }
}
