import { type DurationMs, durationMs } from '../kernel/units.ts';

// Three of the last five decide: one call that waited for a garbage collection or a busy core must not shut a model out, and
// three that are fast again bring it back.
const samplesMax = 5;

/**
 * Learns how long a call of so many rows takes, by the median of the last calls of its size: what is asked here is whether a
 * request can be answered in time at all, and refusing one that could costs more than running one in vain. Sizes are kept by
 * powers of two. A size that was never seen counts as the next larger one that was, which is cautious, or else as the largest
 * smaller one: batches must be tried to be learnt.
 *
 * @source D. Crankshaw et al., Clipper, NSDI 2017, section 4.3, for a curve of latency by batch that decides what a batch may
 * hold; it fits a line to the 99th percentile, which single outliers move.
 */
export class LatencyCurve {
  readonly #sizes: (Recent | undefined)[] = [];

  /** Takes how long a call took. */
  add(rows: number, tookMs: number): void {
    const at = sizeClass(rows);
    const recent = this.#sizes[at] ?? new Recent();
    this.#sizes[at] = recent;
    recent.add(tookMs);
  }

  /** Gives how long a call of so many rows takes as a rule; 0 while none is known. */
  estimate(rows: number): DurationMs {
    return durationMs(this.#recentOf(sizeClass(rows))?.medianMs ?? 0);
  }

  #recentOf(size: number): Recent | undefined {
    for (let at = size; at < this.#sizes.length; at += 1) {
      const recent = this.#sizes[at];
      if (recent !== undefined) return recent;
    }
    for (let at = Math.min(size, this.#sizes.length) - 1; at >= 0; at -= 1) {
      const recent = this.#sizes[at];
      if (recent !== undefined) return recent;
    }
    return undefined;
  }
}

/** The last calls of one size. */
class Recent {
  /** Kept when a call is added: it is read for every request. */
  medianMs = 0;
  readonly #tookMs: number[] = [];
  #next = 0;

  add(tookMs: number): void {
    this.#tookMs[this.#next] = tookMs;
    this.#next = (this.#next + 1) % samplesMax;
    const sorted = [...this.#tookMs].sort((left, right) => left - right);
    // The lower of the two where there is an even number: a doubt speaks for the request.
    this.medianMs = sorted[(sorted.length - 1) >> 1] ?? 0;
  }
}

/** Power of two that holds so many rows. */
function sizeClass(rows: number): number {
  return Math.ceil(Math.log2(Math.max(1, rows)));
}
