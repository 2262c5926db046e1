import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { MonotonicMs } from '../../shared/kernel/units.ts';
import { haveEqualRows, splitOutputs } from './batch-tensors.ts';
import { inputNotFinite, laneDraining, outputNotFinite, queueFull } from './infer-error.ts';
import type { InferJob, InferPriority, NativeCall, QueuedJob, RunNative } from './infer-job.ts';
import { type CallLimits, LaneQueue, type LaneQueueLimits, type TakenJobs } from './lane-queue.ts';
import { type ServableSpec, servableId } from './servable-spec.ts';

/** What one version has done since it is hosted. */
export interface LaneCounts {
  /** Rows that were answered with outputs. */
  rows: number;
  /** Native calls that came back. */
  calls: number;
  /** Rows whose budget passed in the queue. */
  expiredRows: number;
  /** Rows that were refused, or evicted by production. */
  shedRows: number;
  /** Rows whose outputs came after their deadline. */
  lateRows: number;
  /** Rows that failed. */
  failedRows: number;
}

/** A native call under way. */
export interface CallInFlight {
  readonly priority: InferPriority;
  readonly jobs: readonly QueuedJob[];
  readonly rows: number;
}

/** What a lane is made of. */
export interface InferLaneOptions {
  readonly spec: ServableSpec;
  readonly run: RunNative;
  /** Native calls that may run at the same time: one a thread. */
  readonly callsMax: number;
  readonly limits: LaneQueueLimits;
}

/** The way of the rows of one version: its queue, its calls, its counts. The scheduler decides when a call begins. */
export class InferLane {
  readonly id: string;
  readonly spec: ServableSpec;
  readonly run: RunNative;
  readonly counts: LaneCounts = {
    rows: 0,
    calls: 0,
    expiredRows: 0,
    shedRows: 0,
    lateRows: 0,
    failedRows: 0,
  };
  readonly queue: LaneQueue;
  readonly calls = new Set<CallInFlight>();
  readonly #callsMax: number;
  readonly #queueRowsMax: number;
  readonly #canJoin: CallLimits['canJoin'];
  #closed: MeshError | undefined;
  #onIdle: readonly (() => void)[] = [];

  constructor(options: InferLaneOptions) {
    this.id = servableId(options.spec);
    this.spec = options.spec;
    this.run = options.run;
    this.queue = new LaneQueue(options.limits);
    this.#callsMax = options.callsMax;
    this.#queueRowsMax = options.limits.queueRowsMax;
    // Decided once: most models leave nothing open behind the batch.
    const isOpen = options.spec.inputs.some(({ shape }) => shape.slice(1).includes(-1));
    this.#canJoin = isOpen ? haveEqualRows : () => true;
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
    const running = [...this.calls].flatMap(({ jobs }) => jobs);
    this.calls.clear();
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

  /** Queues a job, or settles it with the reason why not. */
  offer(job: InferJob, queuedAt: MonotonicMs): void {
    const queued: QueuedJob = { ...job, queuedAt };
    if (this.#closed !== undefined) {
      this.failJob(queued, this.#closed);
      return;
    }
    const { isQueued, evicted } = this.queue.offer(queued);
    const shed = isQueued ? evicted : [...evicted, queued];
    for (const victim of shed) {
      this.counts.shedRows += victim.rows;
      victim.onSettled({ kind: 'failed', error: queueFull(this.id, this.#queueRowsMax) });
    }
  }

  /** Takes what the next native call carries, `rowsMax` rows at most: all that may share it. */
  take(priority: InferPriority, now: MonotonicMs, rowsMax: number): TakenJobs {
    const { batchRowsMax } = this.spec;
    // A job alone fills a call of one row.
    const limit = batchRowsMax === 0 ? 1 : Math.min(rowsMax, batchRowsMax);
    return this.queue.take(priority, now, { rowsMax: limit, canJoin: this.#canJoin });
  }

  /** Settles the jobs of a call with their rows of its outputs. */
  answer({ jobs }: CallInFlight, call: NativeCall): void {
    this.counts.calls += 1;
    const rows = jobs.map((job) => job.rows);
    const parts = splitOutputs(this.id, call.outputs, rows);
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

  /** An unsound row fails the job that it is in, and no other job of the call. */
  #badRow(call: NativeCall, from: number, until: number): MeshError | undefined {
    const isInside = (row: number) => row >= from && row < until;
    const input = call.badInputRows.find(isInside);
    if (input !== undefined) return inputNotFinite(this.id, input - from);
    const output = call.badOutputRows.find(isInside);
    return output === undefined ? undefined : outputNotFinite(this.id, output - from);
  }
}
