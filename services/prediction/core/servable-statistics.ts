import type { EpochMs } from '../../shared/kernel/units.ts';
import type { InferOutcome, NativeCall } from './infer-job.ts';

/** How often something was done, and how long it took in all. */
export interface TimedCount {
  count: number;
  ms: number;
}

/** Native calls of one size. */
export interface BatchCounts {
  readonly computeInput: TimedCount;
  readonly computeInfer: TimedCount;
  readonly computeOutput: TimedCount;
}

/** One request that is over. */
export interface FinishedRequest {
  readonly rows: number;
  readonly outcome: InferOutcome;
  /** From its arrival to its answer, milliseconds. */
  readonly totalMs: number;
  /** Time that its inputs took to be read. */
  readonly inputMs: number;
  /** Time that its answer took to be written. */
  readonly outputMs: number;
  readonly endedAt: EpochMs;
}

/** What one version has done since the process began; it only grows, also over loads and unloads. */
export class ServableStatistics {
  readonly success = none();
  readonly fail = none();
  readonly queue = none();
  readonly computeInput = none();
  readonly computeInfer = none();
  readonly computeOutput = none();
  /** Native calls by their rows. */
  readonly batches = new Map<number, BatchCounts>();
  /** Rows that were answered with outputs. */
  inferences = 0;
  /** Native calls. */
  executions = 0;
  /** End of the last request; undefined before the first. */
  lastAt: EpochMs | undefined;
  // Those of one call are told of one after the other; its times tell it from the next without keeping its outputs alive.
  #lastStartedAt = Number.NaN;
  #lastThreadId = 0;

  /** Takes a request that reached the version. */
  add({ rows, outcome, totalMs, inputMs, outputMs, endedAt }: FinishedRequest): void {
    this.lastAt = endedAt;
    switch (outcome.kind) {
      case 'failed':
        addTo(this.fail, totalMs);
        return;
      case 'rows': {
        const { queuedAt, call } = outcome;
        const batch = this.#batchOf(call.rows);
        this.inferences += rows;
        addTo(this.success, totalMs);
        addTo(this.queue, call.startedAt - queuedAt);
        addTo(this.computeInput, inputMs);
        addTo(this.computeInfer, call.endedAt - call.startedAt);
        addTo(this.computeOutput, outputMs);
        batch.computeInput.ms += inputMs;
        batch.computeOutput.ms += outputMs;
        if (this.#isSeen(call)) return;
        this.executions += 1;
        batch.computeInput.count += 1;
        batch.computeOutput.count += 1;
        addTo(batch.computeInfer, call.endedAt - call.startedAt);
        return;
      }
    }
  }

  #isSeen({ startedAt, threadId }: NativeCall): boolean {
    if (this.#lastStartedAt === startedAt && this.#lastThreadId === threadId) return true;
    this.#lastStartedAt = startedAt;
    this.#lastThreadId = threadId;
    return false;
  }

  #batchOf(rows: number): BatchCounts {
    const known = this.batches.get(rows);
    if (known !== undefined) return known;
    const made = { computeInput: none(), computeInfer: none(), computeOutput: none() };
    this.batches.set(rows, made);
    return made;
  }
}

/** Keeps the statistics of every version that was asked. */
export class StatisticsBook {
  readonly #byId = new Map<string, ServableStatistics>();

  /** Gives the statistics of a version by its id. O(1). */
  of(id: string): ServableStatistics {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const made = new ServableStatistics();
    this.#byId.set(id, made);
    return made;
  }
}

function none(): TimedCount {
  return { count: 0, ms: 0 };
}

function addTo(to: TimedCount, ms: number): void {
  to.count += 1;
  to.ms += ms;
}
