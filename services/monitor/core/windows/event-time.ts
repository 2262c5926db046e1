/** Predictions whose times are looked at. 31: one that names a wrong time, or fifteen of them, move nothing. */
const recentMax = 31;

/**
 * Knows how far the time of the predictions has come, which in a replay is not the monitor's. It is the median of the last 31, so that a request that asks about next year closes no window.
 */
export class EventTime {
  readonly #recent: number[] = [];
  #next = 0;

  /** Takes the time of a prediction, epoch ms. O(1). */
  add(atMs: number): void {
    this.#recent[this.#next] = atMs;
    this.#next = (this.#next + 1) % recentMax;
  }

  /** Gives how far it is, epoch ms; 0 before the first. O(31). */
  nowMs(): number {
    const sorted = this.#recent.toSorted((left, right) => left - right);
    return sorted[(sorted.length - 1) >> 1] ?? 0;
  }
}
