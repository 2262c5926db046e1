/** Figures of the answers of the last while. */
export interface RecentFigures {
  readonly perSecond: number;
  /** 0 when there is nothing. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of answers that did not come from the model, 0 to 1. */
  readonly degradedShare: number;
  readonly answers: number;
}

/** Answers that are remembered: a minute at 1,000 a second; at more, a shorter while. */
const answersMax = 65_536;
const latencyWindowMs = 60_000;
const rateWindowMs = 5_000;
const freshMs = 500;

/** Remembers when the last answers came, how long they took and whether they were degraded. Memory is fixed; adding is O(1). */
export class RecentLatencies {
  readonly #atMs = new Float64Array(answersMax);
  readonly #latencyMs = new Float64Array(answersMax);
  readonly #isDegraded = new Uint8Array(answersMax);
  #count = 0;
  #found: { readonly atMs: number; readonly figures: RecentFigures } | undefined;

  /** Takes an answer that came at `atMs` of a clock that does not go back. */
  add(atMs: number, latencyMs: number, isDegraded: boolean): void {
    const slot = this.#count % answersMax;
    this.#atMs[slot] = atMs;
    this.#latencyMs[slot] = latencyMs;
    this.#isDegraded[slot] = isDegraded ? 1 : 0;
    this.#count += 1;
  }

  /**
   * Gives the figures of the last minute, and the rate of the last 5 s; those of up to half a second ago when somebody has just asked, since
   * finding them takes O(n log n) of the remembered answers.
   */
  figures(nowMs: number): RecentFigures {
    if (this.#found === undefined || nowMs - this.#found.atMs > freshMs) {
      this.#found = { atMs: nowMs, figures: this.#find(nowMs) };
    }
    return this.#found.figures;
  }

  #find(nowMs: number): RecentFigures {
    const latencies: number[] = [];
    let recent = 0;
    let degraded = 0;
    const oldest = Math.max(0, this.#count - answersMax);
    for (let index = this.#count - 1; index >= oldest; index -= 1) {
      const slot = index % answersMax;
      const ageMs = nowMs - (this.#atMs[slot] ?? 0);
      if (ageMs > latencyWindowMs) break;
      if (ageMs <= rateWindowMs) recent += 1;
      latencies.push(this.#latencyMs[slot] ?? 0);
      degraded += this.#isDegraded[slot] ?? 0;
    }
    const sorted = Float64Array.from(latencies).sort();
    const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return {
      perSecond: recent / (rateWindowMs / 1_000),
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      degradedShare: latencies.length === 0 ? 0 : degraded / latencies.length,
      answers: latencies.length,
    };
  }
}
