/** In which ways an answer can be bad, each with a budget of its own. */
export type FailureKind = 'errors' | 'timeouts' | 'fallbacks' | 'slow';

/** All of them, in the order in which they are looked at. */
export const failureKinds: readonly FailureKind[] = ['errors', 'timeouts', 'fallbacks', 'slow'];

/** Requests that a version was asked, with those that went wrong. Whole numbers that merge by adding. */
export interface ServedCounts extends Readonly<Record<FailureKind, number>> {
  readonly requests: number;
}

/** 5 s: a minute is twelve, so that a trigger is at most that late. */
export const stretchMs = 5_000;
// Five minutes, the longest window of a trigger.
const keptMs = 300_000;

/** A shadow has a second, and its answer is on the way for a while: a stretch is looked at when it is over for so long. */
const settleMs = 2_000;

/** Gives the window of a length in ms that a look at a time is about: whole stretches that are over and settled, [fromMs, untilMs) in epoch ms. */
export function servedWindow(atMs: number, lengthMs: number) {
  const untilMs = Math.floor((atMs - settleMs) / stretchMs) * stretchMs;
  return { fromMs: untilMs - lengthMs, untilMs };
}

/** Adds two counts. */
export function addServed(left: ServedCounts, right: ServedCounts): ServedCounts {
  return {
    requests: left.requests + right.requests,
    errors: left.errors + right.errors,
    timeouts: left.timeouts + right.timeouts,
    fallbacks: left.fallbacks + right.fallbacks,
    slow: left.slow + right.slow,
  };
}

/** Counts of one version by stretches of 5 s, over the five minutes before the newest. Memory is that of 60 stretches. */
export class ServedStretches {
  /** By their begin, epoch ms, ascending. */
  #stretches: { readonly startMs: number; counts: ServedCounts }[] = [];

  /**
   * Adds counts to the stretch that `atMs` lies in, which may be one that has passed: replicas report late. Stretches of more than five minutes before the newest are dropped. O(1) for the newest stretch, O(60) else.
   */
  record(atMs: number, counts: ServedCounts): void {
    const startMs = Math.floor(atMs / stretchMs) * stretchMs;
    const newest = this.#stretches.at(-1);
    if (newest?.startMs === startMs) {
      newest.counts = addServed(newest.counts, counts);
      return;
    }
    const oldestMs = Math.max(startMs, newest?.startMs ?? startMs) - keptMs;
    if (startMs <= oldestMs) return;
    this.#stretches = this.#stretches.filter((one) => one.startMs > oldestMs);
    const before = this.#stretches.findLastIndex((one) => one.startMs <= startMs);
    const found = this.#stretches[before];
    if (found?.startMs === startMs) found.counts = addServed(found.counts, counts);
    else this.#stretches.splice(before + 1, 0, { startMs, counts });
  }

  /** Sums the stretches that began in [untilMs - lengthMs, untilMs). O(60). */
  within(untilMs: number, lengthMs: number): ServedCounts {
    let [requests, errors, timeouts, fallbacks, slow] = [0, 0, 0, 0, 0];
    for (const { startMs, counts } of this.#stretches) {
      if (startMs < untilMs - lengthMs || startMs >= untilMs) continue;
      requests += counts.requests;
      errors += counts.errors;
      timeouts += counts.timeouts;
      fallbacks += counts.fallbacks;
      slow += counts.slow;
    }
    return { requests, errors, timeouts, fallbacks, slow };
  }
}
