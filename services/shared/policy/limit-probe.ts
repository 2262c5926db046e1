import type { MonotonicMs } from '../kernel/units.ts';

/** What a window of calls says to a {@link LimitProbe}. */
export interface ProbedWindow {
  /** Limit of the window. */
  readonly limit: number;
  /** What may be tried: more than calls should wait for each other, and less than makes them late. */
  readonly target: number;
  /** Whether calls were refused for want of room. */
  readonly hasRefused: boolean;
  /** Whether too many calls were late. */
  readonly isCongested: boolean;
}

/** Time of refusals until the first try. */
const waitMsFirst = 500;
/** Longest time between two tries: callers who wait are let in after so long at most. */
const waitMsMax = 4_000;
/** Without refusals for so long, what is refused next is something new. */
const forgetMs = 1_000;
/** Those who wait come in within the first. */
const windowsMax = 2;

/**
 * Tells callers who wait for their answers from an overload, where a limit refuses some of either. It lets more in for a moment: if nobody is refused then, all who are there have come in,
 * there are no more, and the larger limit stays; those of an overload have no end, and the limit goes back. Tries get rarer until a second goes by in which nobody is refused: an overload that is
 * hardly one takes longer than a try to fill the room.
 *
 * @source probing for more than is known to fit, and going back where it does not: N. Cardwell et al., BBR: Congestion-Based Congestion Control, ACM Queue 14(5), 2016
 */
export class LimitProbe {
  #waitMs = waitMsFirst;
  #refusedSince: MonotonicMs | undefined;
  #refusedAt: MonotonicMs | undefined;
  #windows = 0;
  /** Limit to go back to, while there is a try. */
  #before: number | undefined;

  /** Whether there is a try: its windows say nothing of the limit before. */
  get isUnderWay(): boolean {
    return this.#before !== undefined;
  }

  /** Takes the window that ends now; gives the limit to go to, undefined where it stays. */
  next(now: MonotonicMs, window: ProbedWindow): number | undefined {
    return this.#before === undefined
      ? this.#begin(now, window)
      : this.#goOn(now, window, this.#before);
  }

  /** The limit fell: what is tried now would be more than was too much a moment ago. */
  postpone(now: MonotonicMs): void {
    this.#refusedSince = now;
    this.#refusedAt = now;
  }

  #begin(
    now: MonotonicMs,
    { limit, target, hasRefused, isCongested }: ProbedWindow,
  ): number | undefined {
    if (now - (this.#refusedAt ?? now) >= forgetMs) this.#forget();
    if (!hasRefused) return undefined;
    this.#refusedAt = now;
    this.#refusedSince ??= now;
    if (isCongested || target <= limit || now - this.#refusedSince < this.#waitMs) {
      return undefined;
    }
    this.#before = limit;
    this.#windows = 0;
    return target;
  }

  #goOn(
    now: MonotonicMs,
    { hasRefused, isCongested }: ProbedWindow,
    before: number,
  ): number | undefined {
    this.#windows += 1;
    const isFull = hasRefused || isCongested;
    if (isFull && !isCongested && this.#windows < windowsMax) return undefined;
    this.#before = undefined;
    this.#waitMs = Math.min(waitMsMax, this.#waitMs * 2);
    this.#refusedAt = now;
    this.#refusedSince = isFull ? now : undefined;
    return isFull ? before : undefined;
  }

  #forget(): void {
    this.#waitMs = waitMsFirst;
    this.#refusedSince = undefined;
    this.#refusedAt = undefined;
  }
}
