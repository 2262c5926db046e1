import type { MonotonicMs } from '../kernel/units.ts';
import { BoundedFifo } from './bounded-fifo.ts';

/** What waits in a batcher. */
export interface BatchItem {
  /** Rows that it counts for, 1 or more. */
  readonly rows: number;
  /** After this it is not sent any more. */
  readonly deadline: MonotonicMs;
}

/** Limits of a batcher. */
export interface NaturalBatcherOptions {
  /** Rows that may wait; more are refused. */
  readonly queueRowsMax: number;
  /** Rows of one frame; one item of more rows goes alone. */
  readonly frameRowsMax: number;
  /** Frames that may be under way. */
  readonly framesMax: number;
  /** While a frame is under way, the next waits for so many rows ... Default 1: it waits for no company. */
  readonly companyRows?: number;
  /** ... or until so many ms after the frame before. */
  readonly companyMs?: number;
}

/** What to do now: send a frame of `items`, and fail those whose deadline has passed. */
export interface FramePlan<T> {
  readonly items: readonly T[];
  readonly expired: readonly T[];
}

/**
 * Decides when a frame goes out and what it carries: all that queued while the frames before it were under way, so under load frames grow by themselves. The first
 * never waits for company; one beside another may, since a frame costs sender and peer as much as many rows do.
 */
export class NaturalBatcher<T extends BatchItem> {
  readonly #options: NaturalBatcherOptions;
  readonly #queue: BoundedFifo<T>;
  #rows = 0;
  #frames = 0;
  #tookAt = Number.NEGATIVE_INFINITY;

  constructor(options: NaturalBatcherOptions) {
    this.#options = options;
    this.#queue = new BoundedFifo(options.queueRowsMax);
  }

  /** Rows that wait. */
  get queueRows(): number {
    return this.#rows;
  }

  /** Frames under way. */
  get frames(): number {
    return this.#frames;
  }

  /** Whether `take` would give a frame. */
  isReady(now: MonotonicMs): boolean {
    return this.companyMs(now) === 0;
  }

  /** How long what waits has still to wait for company, in ms; undefined while no frame can go whatever the time. */
  companyMs(now: MonotonicMs): number | undefined {
    const { framesMax, companyRows = 1, companyMs = 0 } = this.#options;
    if (this.#rows === 0 || this.#frames >= framesMax) return undefined;
    if (this.#frames === 0 || this.#rows >= companyRows) return 0;
    return Math.max(0, this.#tookAt + companyMs - now);
  }

  /** Queues an item; false when it does not fit. */
  offer(item: T): boolean {
    if (this.#rows + item.rows > this.#options.queueRowsMax) return false;
    this.#rows += item.rows;
    return this.#queue.push(item);
  }

  /** Takes the next frame, which is then under way; no items when there is nothing to send or no frame is free. */
  take(now: MonotonicMs): FramePlan<T> {
    const items: T[] = [];
    const expired: T[] = [];
    if (!this.isReady(now)) return { items, expired };
    let rows = 0;
    for (let next = this.#queue.peek(); next !== undefined; next = this.#queue.peek()) {
      const isLate = next.deadline <= now;
      if (!isLate && rows > 0 && rows + next.rows > this.#options.frameRowsMax) break;
      this.#queue.shift();
      this.#rows -= next.rows;
      if (isLate) expired.push(next);
      else {
        items.push(next);
        rows += next.rows;
      }
    }
    if (items.length > 0) {
      this.#frames += 1;
      this.#tookAt = now;
    }
    return { items, expired };
  }

  /** Lets go of what waits and whose deadline has passed; whoever offered it knows. */
  dropExpired(now: MonotonicMs): void {
    const waiting = this.#queue.clear();
    this.#rows = 0;
    for (const item of waiting) if (item.deadline > now) this.offer(item);
  }

  /** Says that a frame is no longer under way. */
  settle(): void {
    this.#frames -= 1;
  }

  /** Takes everything that waits and forgets the frames under way: their stream is gone. */
  reset(): readonly T[] {
    this.#rows = 0;
    this.#frames = 0;
    return this.#queue.clear();
  }
}
