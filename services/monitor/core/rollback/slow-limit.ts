/** Answers that the limit is taken from, at most; a hundred at least, or their 99th percentile is their longest. */
const answersMax = 500;
const answersMin = 100;

// Twice: a shadow waits behind production in the service and production in larger batches than a shadow, so the two differ by some ms where the versions do not.
const slowFactor = 2;
const slackMs = 5;

/**
 * Gives the time after which an answer is slow: more than twice what 99 % of the answers of the version before take, and 5 ms. It is taken from answers before those that it is asked of, so that it does not depend on
 * them. Memory is fixed.
 */
export class SlowLimit {
  readonly #latencies = new Float64Array(answersMax);
  #count = 0;
  #limitMs = Number.POSITIVE_INFINITY;

  /** Takes an answer of the version before. */
  add(latencyMs: number): void {
    this.#latencies[this.#count % answersMax] = latencyMs;
    this.#count += 1;
  }

  /** Makes the limit anew of what was added; call it between two stretches of time. O(n log n) of 500. */
  renew(): void {
    const known = Math.min(this.#count, answersMax);
    if (known < answersMin) return;
    const sorted = this.#latencies.slice(0, known).sort();
    const p99Ms = sorted[Math.ceil(0.99 * known) - 1] ?? Number.POSITIVE_INFINITY;
    this.#limitMs = slowFactor * p99Ms + slackMs;
  }

  /** In ms; infinity below 100 answers. */
  get limitMs(): number {
    return this.#limitMs;
  }
}
