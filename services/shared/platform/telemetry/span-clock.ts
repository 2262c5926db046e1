import type { MonotonicMs } from '../../kernel/units.ts';

const driftMsMax = 2; // below what a reader of a waterfall notices between two processes

/** Turns readings of this process's monotonic clock into epoch times with fractions, comparable between the processes of one machine. */
export class SpanClock {
  readonly #monotonic: () => number;
  readonly #epoch: () => number;
  #originMs: number;

  /** `originMs` is the epoch time of the monotonic zero; the process's own readings by default. */
  constructor(
    originMs: number = performance.timeOrigin,
    monotonic: () => number = () => performance.now(),
    epoch: () => number = () => Date.now(),
  ) {
    this.#originMs = originMs;
    this.#monotonic = monotonic;
    this.#epoch = epoch;
  }

  /** Gives milliseconds since the Unix epoch, fractional. */
  epochOf(reading: MonotonicMs): number {
    return this.#originMs + reading;
  }

  /** Follows the wall clock after it was set or has drifted by more than 2 ms. */
  adjust(): void {
    const origin = this.#epoch() - this.#monotonic();
    if (Math.abs(origin - this.#originMs) > driftMsMax) this.#originMs = origin;
  }
}
