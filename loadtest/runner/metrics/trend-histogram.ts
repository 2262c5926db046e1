import { createHistogram } from 'node:perf_hooks';

/** Steps in one unit of a trend: a time of 1 ms is kept as 1,000 microseconds. */
const stepsPerUnit = 1_000;
/** 3 significant digits: a percentile is at most 0.1 % above the value that it stands for. */
const figures = 3;
/** Ten hours in steps, for times; what is larger counts as this but for its part in mean and maximum. */
const stepsMax = 36_000_000_000;

/**
 * A distribution of values of 0 and more in memory of one size, however many there are. Minimum, maximum and mean are exact.
 * It is the HDR histogram that Node has (HdrHistogram_c).
 */
export class TrendHistogram {
  readonly #steps = createHistogram({ lowest: 1, highest: stepsMax, figures });
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  /** Takes one value in. @throws {RangeError} when it is negative or not finite */
  add(value: number): void {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`a trend wants finite values of 0 or more, got ${value}`);
    }
    // The histogram begins at 1, so 0 is kept as one step; the minimum corrects that on the way out.
    const steps = Math.min(stepsMax, Math.max(1, Math.round(value * stepsPerUnit)));
    this.#steps.record(steps);
    this.#count += 1;
    this.#sum += value;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  /** Forgets all values. */
  reset(): void {
    this.#steps.reset();
    this.#count = 0;
    this.#sum = 0;
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = 0;
  }

  get count(): number {
    return this.#count;
  }

  /** Least value; 0 of nothing. */
  get min(): number {
    return this.#count === 0 ? 0 : this.#min;
  }

  /** Greatest value; 0 of nothing. */
  get max(): number {
    return this.#max;
  }

  /** Mean; 0 of nothing. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** Value at a percentile of 0 to 100, by nearest rank; 0 of nothing. */
  percentile(percent: number): number {
    if (this.#count === 0) return 0;
    if (percent <= 0) return this.#min;
    const value = this.#steps.percentile(Math.min(100, percent)) / stepsPerUnit;
    return Math.min(this.#max, Math.max(this.#min, value));
  }
}
