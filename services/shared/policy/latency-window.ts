import { type DurationMs, durationMs } from '../kernel/units.ts';

/** The last latencies of something, and a quantile of them. The quantile is computed anew every 32 latencies. */
export class LatencyWindow {
  readonly #latencies: Float64Array;
  readonly #quantile: number;
  readonly #guess: DurationMs;
  #count = 0;
  #value: DurationMs;

  /** Keeps `size` latencies and gives their `quantile`, in (0, 1); gives `guess` until there are 64. */
  constructor(size: number, quantile: number, guess: DurationMs) {
    this.#latencies = new Float64Array(size);
    this.#quantile = quantile;
    this.#guess = guess;
    this.#value = guess;
  }

  /** The quantile by nearest rank. Constant time. */
  get value(): DurationMs {
    return this.#value;
  }

  add(latency: DurationMs): void {
    this.#latencies[this.#count % this.#latencies.length] = latency;
    this.#count += 1;
    if (this.#count % 32 === 0) this.#value = this.#compute();
  }

  #compute(): DurationMs {
    const known = Math.min(this.#count, this.#latencies.length);
    if (known < 64) return this.#guess;
    const sorted = this.#latencies.slice(0, known).sort();
    return durationMs(sorted[Math.ceil(known * this.#quantile) - 1] ?? this.#guess);
  }
}
