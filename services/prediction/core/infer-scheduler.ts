import assert from 'node:assert/strict';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { MonotonicMs } from '../../shared/kernel/units.ts';
import { joinInputs } from './batch-tensors.ts';
import { expiredInQueue, inferenceError } from './infer-error.ts';
import type { InferJob, InferPriority, NativeCall, RunNative } from './infer-job.ts';
import { type CallInFlight, InferLane } from './infer-lane.ts';
import type { LaneQueueLimits } from './lane-queue.ts';
import type { ServableSpec } from './servable-spec.ts';

/** Limits of the scheduler. */
export interface InferSchedulerLimits extends LaneQueueLimits {
  /** Rows of one native call; a job that is larger goes alone. */
  readonly rowsMax: number;
  /** Native calls that run at the same time over all models; from 2, because shadows never get the last. */
  readonly callsMax: number;
}

/**
 * Decides which rows run when. Rows that queue while a native call runs go together into the next: there is no timer. A free
 * slot goes to the model whose production rows have waited longest; shadows get it where no production row waits, and never
 * the last one, so that a shadow that hangs holds nobody up.
 */
export class InferScheduler {
  readonly #clock: Clock;
  readonly #limits: InferSchedulerLimits;
  readonly #lanes = new Set<InferLane>();
  #isPumpDue = false;

  constructor(clock: Clock, limits: InferSchedulerLimits) {
    assert(limits.callsMax >= 2, 'one slot is kept from shadows, so there must be two');
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Adds a version, whose rows may come from now on. */
  open(spec: ServableSpec, run: RunNative, threads: number): InferLane {
    const lane = new InferLane({ spec, run, callsMax: threads, limits: this.#limits });
    this.#lanes.add(lane);
    return lane;
  }

  /** Forgets a version; its lane is idle or has failed. */
  remove(lane: InferLane): void {
    this.#lanes.delete(lane);
  }

  /** Queues a job. It is settled later, or at once where it is refused. */
  submit(lane: InferLane, job: InferJob): void {
    lane.offer(job, this.#clock.monotonic());
    // Deferred, so that all the jobs of one frame, which come in one go, share a call.
    if (this.#isPumpDue) return;
    this.#isPumpDue = true;
    queueMicrotask(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    for (let next = this.#pick(); next !== undefined; next = this.#pick()) {
      this.#begin(next.lane, next.priority);
    }
  }

  #pick(): { readonly lane: InferLane; readonly priority: InferPriority } | undefined {
    const calls = [...this.#lanes].flatMap((lane) => [...lane.calls]);
    if (calls.length >= this.#limits.callsMax) return undefined;
    const production = this.#longestWaiting('production');
    if (production !== undefined) return { lane: production, priority: 'production' };
    const shadowCalls = calls.filter(({ priority }) => priority === 'shadow').length;
    if (shadowCalls >= this.#limits.callsMax - 1) return undefined;
    const shadow = this.#longestWaiting('shadow');
    return shadow === undefined ? undefined : { lane: shadow, priority: 'shadow' };
  }

  #longestWaiting(priority: InferPriority): InferLane | undefined {
    let found: InferLane | undefined;
    let since: MonotonicMs | undefined;
    for (const lane of this.#lanes) {
      const oldest = lane.isFree ? lane.queue.oldestAt(priority) : undefined;
      if (oldest === undefined || (since !== undefined && oldest >= since)) continue;
      found = lane;
      since = oldest;
    }
    return found;
  }

  #begin(lane: InferLane, priority: InferPriority): void {
    const taken = lane.take(priority, this.#clock.monotonic(), this.#limits.rowsMax);
    for (const job of taken.expired) {
      lane.counts.expiredRows += job.rows;
      job.onSettled({ kind: 'failed', error: expiredInQueue(lane.id) });
    }
    if (taken.jobs.length === 0) {
      lane.noteIdle();
      return;
    }
    const call: CallInFlight = { priority, jobs: taken.jobs, rows: taken.rows };
    lane.calls.add(call);
    lane.run(joinInputs(call.jobs, call.rows), call.rows).then(
      (result) => this.#end(lane, call, result),
      (thrown: unknown) => this.#fail(lane, call, thrown),
    );
  }

  #end(lane: InferLane, call: CallInFlight, result: NativeCall): void {
    // A lane that was failed meanwhile has settled the jobs already.
    if (lane.calls.delete(call)) this.#settle(lane, call, result);
    this.#pump();
    lane.noteIdle();
  }

  #settle(lane: InferLane, call: CallInFlight, result: NativeCall): void {
    try {
      lane.answer(call, result);
    } catch (thrown) {
      const error = inferenceError(lane.id, thrown);
      for (const job of call.jobs) lane.failJob(job, error);
    }
  }

  #fail(lane: InferLane, call: CallInFlight, thrown: unknown): void {
    if (lane.calls.delete(call)) {
      const error = inferenceError(lane.id, thrown);
      for (const job of call.jobs) lane.failJob(job, error);
    }
    this.#pump();
    lane.noteIdle();
  }
}
