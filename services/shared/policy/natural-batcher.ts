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
}

/** What to do now: send a frame of `items`, and fail those whose deadline has passed. */
export interface FramePlan<T> {
  readonly items: readonly T[];
  readonly expired: readonly T[];
}

/**
 * Decides when a frame goes out and what it carries: all that queued while the frames before it were under way. There
 * is no timer, so nobody waits for company; under load frames grow by themselves.
 */
export class NaturalBatcher<T extends BatchItem> {
  readonly #options: NaturalBatcherOptions;
  readonly #queue: BoundedFifo<T>;
  #rows = 0;
  #frames = 0;

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
  get isReady(): boolean {
    return this.#rows > 0 && this.#frames < this.#options.framesMax;
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
    if (!this.isReady) return { items, expired };
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
    if (items.length > 0) this.#frames += 1;
    return { items, expired };
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
