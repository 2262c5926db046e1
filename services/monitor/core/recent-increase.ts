/**
 * Tells how much a count that only grows has grown since it began to, until it has stood still for a while: what is cumulative would else raise an
 * alert for ever.
 */
export class RecentIncrease {
  readonly #quietMs: number;
  #total = 0;
  /** What the count was when it began to grow. */
  #base = 0;
  #grownMs = Number.NEGATIVE_INFINITY;

  /** @param quietMs a count that has stood still for so long has ended growing */
  constructor(quietMs: number) {
    this.#quietMs = quietMs;
  }

  /** Takes the count as it is now, from 0 at first; gives by how much it has grown, 0 when it stands still. */
  take(total: number, nowMs: number): number {
    const isQuiet = nowMs - this.#grownMs >= this.#quietMs;
    // A count that is less has begun anew.
    if (isQuiet || total < this.#total) this.#base = Math.min(this.#total, total);
    if (total > this.#total) this.#grownMs = nowMs;
    this.#total = total;
    return total - this.#base;
  }
}
