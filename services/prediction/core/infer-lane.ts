import type { Tensor } from '../../shared/compute/tensor/tensor.ts';
import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import { type MonotonicMs, monotonicMs } from '../../shared/kernel/units.ts';
import { BriefSet, type Seated } from '../../shared/policy/brief-set.ts';
import { LatencyCurve } from '../../shared/policy/latency-curve.ts';
import { haveEqualRows } from './batch-tensors.ts';
import {
  budgetTooSmall,
  cancelledInQueue,
  expiredInQueue,
  inputNotFinite,
  laneDraining,
  outputNotFinite,
  queueFull,
} from './infer-error.ts';
import type { InferJob, InferPriority, NativeCall, QueuedJob, RunNative } from './infer-job.ts';
import {
  type CallLimits,
  LaneQueue,
  type LaneQueueLimits,
  type Offer,
  type TakenJobs,
} from './lane-queue.ts';
import { type ServableSpec, servableId } from './servable-spec.ts';

/** What one version has done since it is hosted. */
export interface LaneCounts {
  /** Rows that were answered with outputs. */
  rows: number;
  /** Native calls that came back. */
  calls: number;
  /** Rows whose callers gave up while they were in the queue. */
  cancelledRows: number;
  /** Rows whose budget passed in the queue. */
  expiredRows: number;
  /** Rows that were refused, or evicted by production. */
  shedRows: number;
  /** Rows that could not have been answered in time, and were not run. */
  hopelessRows: number;
  /** Rows whose outputs came after their deadline. */
  lateRows: number;
  /** Rows that failed. */
  failedRows: number;
  /** Milliseconds of a native call of one row as a rule; 0 before the first. */
  callMs: number;
}

/** A native call under way. */
export interface CallInFlight extends Seated {
  readonly jobs: readonly QueuedJob[];
  readonly rows: number;
  readonly begunAt: MonotonicMs;
}

/** What a lane is made of. */
export interface InferLaneOptions {
  readonly spec: ServableSpec;
  readonly run: RunNative;
  /** Native calls that may run at the same time: one a thread. */
  readonly callsMax: number;
  readonly limits: LaneLimits;
}

/** Limits of the lane of one version. */
export interface LaneLimits extends LaneQueueLimits {
  /** Rows of one native call; a job that is larger goes alone. */
  readonly rowsMax: number;
  /** Bytes of the inputs of one native call; a job that is larger goes alone. */
  readonly callBytesMax: number;
  /** Longest wait of a lone job for company, milliseconds; 0 is natural batching: what queues while a call runs shares the next. */
  readonly batchDelayMs: number;
}

// A model that was too slow for everybody is tried again that often, or every second time that a call of it takes: one caller
// gets the next tier a little later, and a model that hopeless calls keep busy is not worse off than an idle one.
const probeMsMin = 250;
// A full queue is looked through that often for callers that have given up: each look takes as long as some refusals.
const sweepMsMin = 20;

/** The way of the rows of one version: its queue, its calls, its counts. The scheduler decides when a call begins. */
export class InferLane {
  readonly id: string;
  readonly spec: ServableSpec;
  readonly run: RunNative;
  readonly counts: LaneCounts = {
    rows: 0,
    calls: 0,
    cancelledRows: 0,
    expiredRows: 0,
    shedRows: 0,
    hopelessRows: 0,
    lateRows: 0,
    failedRows: 0,
    callMs: 0,
  };
  readonly queue: LaneQueue;
  readonly calls = new BriefSet<CallInFlight>();
  /** Whether no alias points to it for which callers wait: its rows may run when others leave room, as those of shadows. */
  isGuest = false;
  readonly #callsMax: number;
  readonly #limits: LaneLimits;
  readonly #rowsMax: number;
  readonly #batchDelayMs: number;
  readonly #curve = new LatencyCurve();
  readonly #canJoin: CallLimits['canJoin'];
  #closed: MeshError | undefined;
  #onIdle: readonly (() => void)[] = [];
  #askedAt = monotonicMs(0);
  #lastCallAt = monotonicMs(Number.NEGATIVE_INFINITY);
  #sweptAt = monotonicMs(Number.NEGATIVE_INFINITY);

  constructor(options: InferLaneOptions) {
    this.id = servableId(options.spec);
    this.spec = options.spec;
    this.run = options.run;
    this.queue = new LaneQueue(options.limits);
    this.#callsMax = options.callsMax;
    this.#limits = options.limits;
    const { batchRowsMax } = options.spec;
    // A job alone fills a call of one row.
    this.#rowsMax = batchRowsMax === 0 ? 1 : Math.min(options.limits.rowsMax, batchRowsMax);
    this.#batchDelayMs = batchRowsMax === 0 ? 0 : options.limits.batchDelayMs;
    // Decided once: most models leave nothing open behind the batch.
    const isOpen = options.spec.inputs.some(({ shape }) => shape.slice(1).includes(-1));
    this.#canJoin = isOpen ? haveEqualRows : () => true;
  }

  /** When a job came last; the begin of time while none did. */
  get askedAt(): MonotonicMs {
    return this.#askedAt;
  }

  /** Whether a thread of the model is free. */
  get isFree(): boolean {
    return this.calls.size < this.#callsMax;
  }

  /** Whether nothing waits and nothing runs. */
  get isIdle(): boolean {
    return this.calls.size === 0 && this.queue.rows === 0;
  }

  /** Takes nothing new; what waits is still run. */
  close(): void {
    this.#closed = laneDraining(this.id);
  }

  /** Takes new jobs again. */
  reopen(): void {
    this.#closed = undefined;
  }

  /** Fails all that waits or runs, and all that comes, with `error`. What the calls give later is dropped. */
  fail(error: MeshError): void {
    this.#closed = error;
    const running = this.calls.clear().flatMap(({ jobs }) => jobs);
    for (const job of [...running, ...this.queue.clear()]) this.failJob(job, error);
    this.noteIdle();
  }

  /** Resolves when nothing waits and nothing runs. */
  whenIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.#onIdle = [...this.#onIdle, resolve];
      this.noteIdle();
    });
  }

  /** Wakes whoever waits for the lane to be idle, if it is. */
  noteIdle(): void {
    if (!this.isIdle) return;
    const waiting = this.#onIdle;
    this.#onIdle = [];
    for (const resolve of waiting) resolve();
  }

  /** Queues a job, or settles it with the reason why not; `slotInMs` is when a slot for its calls is free. */
  offer(job: InferJob, queuedAt: MonotonicMs, slotInMs: number): void {
    const bytes = job.inputs.reduce((sum, input) => sum + input.bytes.length, 0);
    // Named one by one: a spread of an object with a closure took 2 us more, and this is once a request.
    const { rows, inputs, priority, deadline, caller, onSettled } = job;
    const queued: QueuedJob = {
      rows,
      inputs,
      priority,
      deadline,
      caller,
      onSettled,
      queuedAt,
      bytes,
    };
    this.#askedAt = queuedAt;
    if (this.#closed !== undefined) {
      this.failJob(queued, this.#closed);
      return;
    }
    const neededMs =
      job.priority === 'production' ? this.#neededMs(job.rows, queuedAt, slotInMs) : 0;
    const isHopeless = queuedAt + neededMs > job.deadline && queuedAt < job.deadline;
    if (isHopeless && (!this.isIdle || slotInMs > 0 || !this.#isProbeDue(queuedAt))) {
      this.#giveUp(queued, neededMs, queuedAt);
      return;
    }
    const { isQueued, evicted } = this.#enqueue(queued);
    const shed = isQueued ? evicted : [...evicted, queued];
    for (const victim of shed) {
      this.counts.shedRows += victim.rows;
      victim.onSettled({ kind: 'failed', error: queueFull(this.id, this.#limits) });
    }
  }

  /** Settles what waits and can't be answered in time any more, though no slot is free for it. */
  expire(now: MonotonicMs): void {
    for (const job of this.queue.takeExpired(now)) this.#expireJob(job);
    this.noteIdle();
  }

  /** Takes what the next native call carries: all that may share it, and that it would not make late. Settles what is lost. */
  take(priority: InferPriority, now: MonotonicMs): TakenJobs {
    const taken = this.queue.take(priority, now, {
      rowsMax: this.#rowsMax,
      bytesMax: this.#limits.callBytesMax,
      canJoin: this.#canJoin,
      backAt: (rows) => monotonicMs(now + this.#curve.estimate(rows)),
      isProbe: this.#isProbeDue(now),
    });
    for (const job of taken.cancelled) this.#cancelJob(job);
    for (const job of taken.expired) this.#expireJob(job);
    for (const job of taken.hopeless) this.#giveUp(job, this.#curve.estimate(job.rows), now);
    return taken;
  }

  /** When the next call should begin: at once, or with a delay where company is worth a wait; undefined where nothing waits. */
  dueAt(priority: InferPriority): MonotonicMs | undefined {
    const oldest = this.queue.oldest(priority);
    if (oldest === undefined) return undefined;
    const { queuedAt, deadline } = oldest;
    if (this.#batchDelayMs === 0 || this.queue.rows >= this.#rowsMax) return queuedAt;
    const spareMs = deadline - queuedAt - this.#curve.estimate(this.queue.rows);
    // Half of what the budget spares: the other half is for what nobody foresees.
    return monotonicMs(queuedAt + Math.max(0, Math.min(this.#batchDelayMs, spareMs / 2)));
  }

  /** Notes that a call has begun. */
  begin(call: CallInFlight): void {
    this.calls.add(call);
    this.#lastCallAt = call.begunAt;
  }

  /** Learns how long a call took, the way to the thread and back in it. */
  learn({ rows, begunAt }: CallInFlight, now: MonotonicMs): void {
    this.#curve.add(rows, now - begunAt);
    this.counts.callMs = this.#curve.estimate(1);
  }

  /** Settles the jobs of a call with their rows of its outputs, which are `parts`. */
  answer({ jobs }: CallInFlight, call: NativeCall, parts: readonly (readonly Tensor[])[]): void {
    this.counts.calls += 1;
    let from = 0;
    for (const [at, job] of jobs.entries()) {
      const until = from + job.rows;
      const error = this.#badRow(call, from, until);
      if (error !== undefined) {
        this.failJob(job, error);
      } else {
        this.counts.rows += job.rows;
        if (job.deadline < call.endedAt) this.counts.lateRows += job.rows;
        const outputs = parts[at] ?? [];
        job.onSettled({ kind: 'rows', outputs, queuedAt: job.queuedAt, call });
      }
      from = until;
    }
  }

  /** Settles a job with an error. */
  failJob(job: QueuedJob, error: MeshError): void {
    this.counts.failedRows += job.rows;
    job.onSettled({ kind: 'failed', error });
  }

  /** What a job that came now would take: the rest of a call that runs, those that wait before it, and its own. */
  #neededMs(rows: number, now: MonotonicMs, slotInMs: number): number {
    const ahead = this.queue.productionRows;
    const callRows = Math.min(this.#rowsMax, ahead + rows);
    const callsAhead = Math.floor(ahead / this.#rowsMax);
    const ownMs = this.#curve.estimate(Math.max(rows, callRows));
    const freeInMs = Math.max(slotInMs, this.#freeInMs(now));
    return freeInMs + (callsAhead * ownMs) / this.#callsMax + ownMs;
  }

  /** When one of its calls is back, as a rule; 0 where it should be by now. */
  backInMs(now: MonotonicMs): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { begunAt, rows } of this.calls) {
      least = Math.min(least, begunAt + this.#curve.estimate(rows) - now);
    }
    return Number.isFinite(least) ? Math.max(0, least) : 0;
  }

  #freeInMs(now: MonotonicMs): number {
    return this.isFree ? 0 : this.backInMs(now);
  }

  /** Queues a job; where it finds no room, those make some whose callers have given up. */
  #enqueue(job: QueuedJob): Offer {
    const offer = this.queue.offer(job);
    if (offer.isQueued || job.queuedAt - this.#sweptAt < sweepMsMin) return offer;
    this.#sweptAt = job.queuedAt;
    const cancelled = this.queue.takeCancelled();
    for (const each of cancelled) this.#cancelJob(each);
    if (cancelled.length === 0) return offer;
    const again = this.queue.offer(job);
    return { isQueued: again.isQueued, evicted: [...offer.evicted, ...again.evicted] };
  }

  #cancelJob(job: QueuedJob): void {
    this.counts.cancelledRows += job.rows;
    job.onSettled({ kind: 'failed', error: cancelledInQueue(this.id) });
  }

  #expireJob(job: QueuedJob): void {
    this.counts.expiredRows += job.rows;
    job.onSettled({ kind: 'failed', error: expiredInQueue(this.id) });
  }

  #isProbeDue(now: MonotonicMs): boolean {
    return now - this.#lastCallAt >= Math.max(probeMsMin, 2 * this.#curve.estimate(1));
  }

  #giveUp(job: QueuedJob, neededMs: number, now: MonotonicMs): void {
    this.counts.hopelessRows += job.rows;
    const error = budgetTooSmall(this.id, neededMs, job.deadline - now);
    job.onSettled({ kind: 'failed', error });
  }

  /** An unsound row fails the job that it is in, and no other job of the call. */
  #badRow(call: NativeCall, from: number, until: number): MeshError | undefined {
    const isInside = (row: number) => row >= from && row < until;
    const input = call.badInputRows.find(isInside);
    if (input !== undefined) return inputNotFinite(this.id, input - from);
    const output = call.badOutputRows.find(isInside);
    return output === undefined ? undefined : outputNotFinite(this.id, output - from);
  }
}
