import { type DurationMs, durationMs } from '../kernel/units.ts';

interface Point {
  meanMs: number;
  deviationMs: number;
}

// Jacobson's gains for the round trip of TCP (SIGCOMM '88): a mean over about 8 samples, a deviation over about 4.
const meanGain = 1 / 8;
const deviationGain = 1 / 4;
// Two mean deviations above the mean: about the 95th percentile of what varies like a normal distribution.
const deviations = 2;

/**
 * Learns how long a call of so many rows takes. Sizes are kept by powers of two. A size that was never seen counts as the next
 * larger one that was, which is cautious, or else as the largest smaller one: batches must be tried to be learnt.
 *
 * @source V. Jacobson, Congestion Avoidance and Control, SIGCOMM 1988, appendix A, for the estimator; D. Crankshaw et al.,
 * Clipper, NSDI 2017, section 4.3, for a curve of latency by batch that decides what a batch may hold.
 */
export class LatencyCurve {
  readonly #points: (Point | undefined)[] = [];

  /** Takes how long a call took. */
  add(rows: number, tookMs: number): void {
    const at = sizeClass(rows);
    const point = this.#points[at];
    if (point === undefined) {
      this.#points[at] = { meanMs: tookMs, deviationMs: tookMs / 2 };
      return;
    }
    const error = tookMs - point.meanMs;
    point.meanMs += meanGain * error;
    point.deviationMs += deviationGain * (Math.abs(error) - point.deviationMs);
  }

  /** Gives how long a call of so many rows takes, as a rule at most; 0 while none is known. */
  estimate(rows: number): DurationMs {
    const point = this.#pointFor(sizeClass(rows));
    return durationMs(point === undefined ? 0 : point.meanMs + deviations * point.deviationMs);
  }

  #pointFor(size: number): Point | undefined {
    for (let at = size; at < this.#points.length; at += 1) {
      const point = this.#points[at];
      if (point !== undefined) return point;
    }
    for (let at = Math.min(size, this.#points.length) - 1; at >= 0; at -= 1) {
      const point = this.#points[at];
      if (point !== undefined) return point;
    }
    return undefined;
  }
}

/** Power of two that holds so many rows. */
function sizeClass(rows: number): number {
  return Math.ceil(Math.log2(Math.max(1, rows)));
}
