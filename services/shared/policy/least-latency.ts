import type { MonotonicMs } from '../kernel/units.ts';

/**
 * The least of the latencies of the last one to two periods: what something takes where nobody waits for anybody, as long as that happens now and then.
 *
 * @source the round trip of a path without a queue: N. Cardwell et al., BBR: Congestion-Based Congestion Control, ACM Queue 14(5), 2016
 */
export class LeastLatency {
  readonly #periodMs: number;
  #beganAt = Number.NEGATIVE_INFINITY;
  #now = Number.POSITIVE_INFINITY;
  #before = Number.POSITIVE_INFINITY;

  /** @param periodMs after one to two of these a latency is forgotten */
  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  /** In ms; Infinity where nothing is known. */
  get ms(): number {
    return Math.min(this.#now, this.#before);
  }

  /** Takes a latency that was seen at `now`. */
  add(now: MonotonicMs, latencyMs: number): void {
    const passedMs = now - this.#beganAt;
    if (passedMs >= this.#periodMs) {
      this.#before = passedMs < 2 * this.#periodMs ? this.#now : Number.POSITIVE_INFINITY;
      this.#now = Number.POSITIVE_INFINITY;
      this.#beganAt = now;
    }
    if (latencyMs < this.#now) this.#now = latencyMs;
  }
}
