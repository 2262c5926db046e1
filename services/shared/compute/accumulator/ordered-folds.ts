import type { Contribution, Fold } from './accumulator.ts';

/**
 * Exponentially weighted moving average over events in (ts, seq) order: the first value as it is, then weight x value + (1 - weight) x average,
 * each step rounded as IEEE 754 says. Order matters, so that it is folded anew for each window.
 */
export class MovingAverage implements Fold {
  readonly #weight: number;
  #average = Number.NaN;

  /** `weight` of the newest value: above 0, at most 1. */
  constructor(weight: number) {
    this.#weight = weight;
  }

  add({ x }: Contribution): void {
    this.#average = Number.isNaN(this.#average)
      ? x
      : this.#weight * x + (1 - this.#weight) * this.#average;
  }

  /** NaN when there was no event. */
  value(): number {
    return this.#average;
  }
}

/** Markers of {@link RunningQuantile}. */
const markers = 5;

/**
 * An estimate of a quantile from five numbers, without a bound on its error: it depends on the order of events.
 * @source Jain and Chlamtac, "The P2 algorithm for dynamic calculation of quantiles" (CACM 28, 1985)
 */
export class RunningQuantile implements Fold {
  readonly #share: number;
  readonly #heights: number[] = [];
  readonly #positions = [1, 2, 3, 4, 5];
  #count = 0;

  /** `share`: above 0 and below 1. */
  constructor(share: number) {
    this.#share = share;
  }

  add({ x }: Contribution): void {
    this.#count += 1;
    if (this.#heights.length < markers) {
      this.#heights.push(x);
      this.#heights.sort((left, right) => left - right);
      return;
    }
    const cell = this.#placeFor(x);
    for (let index = cell + 1; index < markers; index += 1) {
      this.#positions[index] = this.#position(index) + 1;
    }
    for (let index = 1; index < markers - 1; index += 1) this.#adjust(index);
  }

  /** NaN when there was no event. */
  value(): number {
    if (this.#count === 0) return Number.NaN;
    if (this.#count > markers) return this.#height(2);
    return this.#heights[Math.floor(this.#share * (this.#count - 1))] ?? Number.NaN;
  }

  /** Gives the index of the marker at or before a value, and stretches the outer ones to it. */
  #placeFor(x: number): number {
    if (x < this.#height(0)) {
      this.#heights[0] = x;
      return 0;
    }
    if (x >= this.#height(4)) {
      this.#heights[4] = x;
      return 3;
    }
    let cell = 0;
    while (cell < 3 && x >= this.#height(cell + 1)) cell += 1;
    return cell;
  }

  #adjust(index: number): void {
    const wanted =
      1 +
      (this.#count - 1) * ([0, this.#share / 2, this.#share, (1 + this.#share) / 2, 1][index] ?? 0);
    const here = this.#position(index);
    const off = wanted - here;
    const isForward = off >= 1 && this.#position(index + 1) - here > 1;
    const isBackward = off <= -1 && this.#position(index - 1) - here < -1;
    if (!isForward && !isBackward) return;
    const step = isForward ? 1 : -1;
    const parabolic = this.#parabolic(index, step);
    const fits = this.#height(index - 1) < parabolic && parabolic < this.#height(index + 1);
    this.#heights[index] = fits ? parabolic : this.#linear(index, step);
    this.#positions[index] = here + step;
  }

  #parabolic(index: number, step: number): number {
    const before = this.#position(index - 1);
    const here = this.#position(index);
    const after = this.#position(index + 1);
    const rise = (this.#height(index + 1) - this.#height(index)) / (after - here);
    const fall = (this.#height(index) - this.#height(index - 1)) / (here - before);
    return (
      this.#height(index) +
      (step / (after - before)) * ((here - before + step) * rise + (after - here - step) * fall)
    );
  }

  #linear(index: number, step: number): number {
    const slope =
      (this.#height(index + step) - this.#height(index)) /
      (this.#position(index + step) - this.#position(index));
    return this.#height(index) + step * slope;
  }

  #height(index: number): number {
    return this.#heights[index] ?? Number.NaN;
  }

  #position(index: number): number {
    return this.#positions[index] ?? Number.NaN;
  }
}
