import type { MonotonicMs } from '../../shared/kernel/units.ts';
import { BoundedFifo } from '../../shared/policy/bounded-fifo.ts';
import type { InferPriority, QueuedJob } from './infer-job.ts';

/** Limits of a queue. */
export interface LaneQueueLimits {
  /** Rows that may wait, of both priorities. */
  readonly queueRowsMax: number;
  /** Rows of shadows that may wait. */
  readonly shadowQueueRowsMax: number;
}

/** What became of an offer: whether it waits, and which shadows had to make room. */
export interface Offer {
  readonly isQueued: boolean;
  readonly evicted: readonly QueuedJob[];
}

/** Jobs of one native call, and those that are too late. */
export interface TakenJobs {
  readonly jobs: readonly QueuedJob[];
  readonly rows: number;
  readonly expired: readonly QueuedJob[];
}

/** What may share a native call. */
export interface CallLimits {
  /** Rows; a job that is larger goes alone. */
  readonly rowsMax: number;
  /** Whether a job may share the call that another one began. */
  readonly canJoin: (first: QueuedJob, next: QueuedJob) => boolean;
}

/** What waits for one model: two queues with one limit. Where it is reached, shadows go first, the oldest before others. */
export class LaneQueue {
  readonly #limits: LaneQueueLimits;
  readonly #fifos: Readonly<Record<InferPriority, BoundedFifo<QueuedJob>>>;
  readonly #rows: Record<InferPriority, number> = { production: 0, shadow: 0 };

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

  /** When the oldest job of a priority was queued; undefined where none waits. */
  oldestAt(priority: InferPriority): MonotonicMs | undefined {
    return this.#fifos[priority].peek()?.queuedAt;
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
      this.rows + job.rows <= this.#limits.queueRowsMax &&
      (job.priority === 'production' ||
        this.#rows.shadow + job.rows <= this.#limits.shadowQueueRowsMax);
    if (isQueued) {
      this.#fifos[job.priority].push(job);
      this.#rows[job.priority] += job.rows;
    }
    return { isQueued, evicted };
  }

  /** Takes what one native call carries; a job is never split. */
  take(priority: InferPriority, now: MonotonicMs, { rowsMax, canJoin }: CallLimits): TakenJobs {
    const jobs: QueuedJob[] = [];
    const expired: QueuedJob[] = [];
    let rows = 0;
    const fifo = this.#fifos[priority];
    for (let next = fifo.peek(); next !== undefined; next = fifo.peek()) {
      const isLate = next.deadline <= now;
      const [first] = jobs;
      const isJoining =
        first === undefined || (rows + next.rows <= rowsMax && canJoin(first, next));
      if (!isLate && !isJoining) break;
      fifo.shift();
      this.#rows[priority] -= next.rows;
      if (isLate) {
        expired.push(next);
      } else {
        jobs.push(next);
        rows += next.rows;
      }
    }
    return { jobs, rows, expired };
  }

  /** Takes everything, in order. */
  clear(): readonly QueuedJob[] {
    this.#rows.production = 0;
    this.#rows.shadow = 0;
    return [...this.#fifos.production.clear(), ...this.#fifos.shadow.clear()];
  }

  #evictShadow(): readonly QueuedJob[] {
    const job = this.#fifos.shadow.shift();
    if (job === undefined) return [];
    this.#rows.shadow -= job.rows;
    return [job];
  }
}
