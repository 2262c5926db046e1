import { type MonotonicMs, monotonicMs } from '../../shared/kernel/units.ts';
import { BoundedFifo } from '../../shared/policy/bounded-fifo.ts';
import type { InferPriority, QueuedJob } from './infer-job.ts';

/** Limits of a queue. */
export interface LaneQueueLimits {
  /** Rows that may wait, of both priorities. */
  readonly queueRowsMax: number;
  /** Rows of shadows that may wait. */
  readonly shadowQueueRowsMax: number;
  /** Bytes of the inputs of all that may wait. */
  readonly queueBytesMax: number;
}

/** What became of an offer: whether it waits, and which shadows had to make room. */
export interface Offer {
  readonly isQueued: boolean;
  readonly evicted: readonly QueuedJob[];
}

/** Jobs of one native call, and those that it leaves out. */
export interface TakenJobs {
  readonly jobs: readonly QueuedJob[];
  readonly rows: number;
  /** Their callers have given up. */
  readonly cancelled: readonly QueuedJob[];
  /** Their deadline has come. */
  readonly expired: readonly QueuedJob[];
  /** A call of theirs alone would come back too late. */
  readonly hopeless: readonly QueuedJob[];
}

/** What may share a native call. */
export interface CallLimits {
  /** Rows; a job that is larger goes alone. */
  readonly rowsMax: number;
  /** Bytes of inputs; a job that is larger goes alone. */
  readonly bytesMax: number;
  /** Whether a job may share the call that another one began. */
  readonly canJoin: (first: QueuedJob, next: QueuedJob) => boolean;
  /** When a call of so many rows would be back. */
  readonly backAt: (rows: number) => MonotonicMs;
  /** Whether the first job is run though it will be late, so that what is known of the model does not grow stale. */
  readonly isProbe: boolean;
}

/** What waits for one model: two queues with one limit. Where it is reached, shadows go first, the oldest before others. */
export class LaneQueue {
  readonly #limits: LaneQueueLimits;
  readonly #fifos: Readonly<Record<InferPriority, BoundedFifo<QueuedJob>>>;
  readonly #rows: Record<InferPriority, number> = { production: 0, shadow: 0 };
  #bytes = 0;

  constructor(limits: LaneQueueLimits) {
    this.#limits = limits;
    // A job has one row at least, so that many jobs are more than the limit of rows lets in.
    this.#fifos = {
      production: new BoundedFifo(limits.queueRowsMax),
      shadow: new BoundedFifo(limits.shadowQueueRowsMax),
    };
  }

  /** Rows that wait. */
  get rows(): number {
    return this.#rows.production + this.#rows.shadow;
  }

  /** Bytes of the inputs of what waits. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Rows of production that wait. */
  get productionRows(): number {
    return this.#rows.production;
  }

  /** The oldest job of a priority; undefined where none waits. */
  oldest(priority: InferPriority): QueuedJob | undefined {
    return this.#fifos[priority].peek();
  }

  /** Queues a job where there is room, or room can be made. */
  offer(job: QueuedJob): Offer {
    const evicted: QueuedJob[] = [];
    if (
      job.priority === 'production' &&
      this.#rows.production + job.rows <= this.#limits.queueRowsMax
    ) {
      while (this.rows + job.rows > this.#limits.queueRowsMax) evicted.push(...this.#evictShadow());
    }
    const isQueued =
      this.#bytes + job.bytes <= this.#limits.queueBytesMax &&
      this.rows + job.rows <= this.#limits.queueRowsMax &&
      (job.priority === 'production' ||
        this.#rows.shadow + job.rows <= this.#limits.shadowQueueRowsMax);
    if (isQueued) {
      this.#fifos[job.priority].push(job);
      this.#rows[job.priority] += job.rows;
      this.#bytes += job.bytes;
    }
    return { isQueued, evicted };
  }

  /** Takes what one native call carries; a job is never split. */
  take(priority: InferPriority, now: MonotonicMs, limits: CallLimits): TakenJobs {
    const call: NextCall = {
      jobs: [],
      rows: 0,
      bytes: 0,
      until: monotonicMs(Number.POSITIVE_INFINITY),
    };
    const lost = {
      cancelled: [] as QueuedJob[],
      expired: [] as QueuedJob[],
      hopeless: [] as QueuedJob[],
    };
    const fifo = this.#fifos[priority];
    for (let next = fifo.peek(); next !== undefined; next = fifo.peek()) {
      const loss = lossOf(next, call, now, limits);
      if (loss !== undefined) lost[loss].push(next);
      else if (!join(next, call, limits)) break;
      fifo.shift();
      this.#remove(next);
    }
    return { jobs: call.jobs, rows: call.rows, ...lost };
  }

  /** Takes the jobs whose deadline has come, wherever they stand. */
  takeExpired(now: MonotonicMs): readonly QueuedJob[] {
    return this.#takeWhere((job) => job.deadline <= now);
  }

  /** Takes the jobs whose callers have given up, wherever they stand. Linear in what waits. */
  takeCancelled(): readonly QueuedJob[] {
    return this.#takeWhere((job) => job.caller.isCancelled);
  }

  /** Deadline of the least patient job; undefined where none waits. Linear in what waits. */
  nextDeadline(): MonotonicMs | undefined {
    let least: MonotonicMs | undefined;
    for (const fifo of [this.#fifos.production, this.#fifos.shadow]) {
      for (const { deadline } of fifo)
        if (least === undefined || deadline < least) least = deadline;
    }
    return least;
  }

  /** Takes everything, in order. */
  clear(): readonly QueuedJob[] {
    this.#rows.production = 0;
    this.#rows.shadow = 0;
    this.#bytes = 0;
    return [...this.#fifos.production.clear(), ...this.#fifos.shadow.clear()];
  }

  #takeWhere(isTaken: (job: QueuedJob) => boolean): readonly QueuedJob[] {
    const taken: QueuedJob[] = [];
    for (const fifo of [this.#fifos.production, this.#fifos.shadow]) {
      for (const job of fifo.clear()) {
        if (isTaken(job)) taken.push(job);
        else fifo.push(job);
      }
    }
    for (const job of taken) this.#remove(job);
    return taken;
  }

  #remove(job: QueuedJob): void {
    this.#rows[job.priority] -= job.rows;
    this.#bytes -= job.bytes;
  }

  #evictShadow(): readonly QueuedJob[] {
    const job = this.#fifos.shadow.shift();
    if (job === undefined) return [];
    this.#remove(job);
    return [job];
  }
}

/** A call that is being filled. */
interface NextCall {
  readonly jobs: QueuedJob[];
  rows: number;
  bytes: number;
  /** Deadline of the least patient of its jobs. */
  until: MonotonicMs;
}

function lossOf(
  job: QueuedJob,
  { jobs }: NextCall,
  now: MonotonicMs,
  { backAt, isProbe }: CallLimits,
): 'cancelled' | 'expired' | 'hopeless' | undefined {
  if (job.caller.isCancelled) return 'cancelled';
  if (job.deadline <= now) return 'expired';
  if (isProbe && jobs.length === 0) return undefined;
  return backAt(job.rows) > job.deadline ? 'hopeless' : undefined;
}

/** Adds a job to a call, where it may share it and makes nobody late. */
function join(job: QueuedJob, call: NextCall, limits: CallLimits): boolean {
  const { rowsMax, bytesMax, canJoin, backAt } = limits;
  const [first] = call.jobs;
  const rows = call.rows + job.rows;
  const bytes = call.bytes + job.bytes;
  const until = monotonicMs(Math.min(job.deadline, call.until));
  const isJoining =
    first === undefined ||
    (rows <= rowsMax && bytes <= bytesMax && canJoin(first, job) && backAt(rows) <= until);
  if (!isJoining) return false;
  call.jobs.push(job);
  call.rows = rows;
  call.bytes = bytes;
  call.until = until;
  return true;
}
