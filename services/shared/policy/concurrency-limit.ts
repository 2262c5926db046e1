import type { MonotonicMs } from '../kernel/units.ts';

/** What a {@link ConcurrencyLimit} is made of. */
export interface ConcurrencyLimitOptions {
  /** Limit before anything is known, and its bounds; whole numbers from 1. */
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  /** Shortest time between two decisions. */
  readonly windowMs: number;
  /** Calls without which nothing is decided. */
  readonly callsMin: number;
  /** Share of congested calls in a window above which the limit falls, 0 to 1. */
  readonly congestedShareMax: number;
}

// A fall by a fifth ends an overload of 2x within four windows; TCP's half would throw away what the machine can bear.
const fallTo = 0.8;
const riseBy = 0.05;
/** A window that is congested may have been a pause of the machine; the second in a row is too much load. */
const congestedWindows = 2;
/** Share of the limit that must be in use before it rises: what nobody uses says nothing of what could be borne. */
const usedShareMin = 0.8;

/**
 * Learns how many calls may be under way at once: the limit rises by a twentieth while it is used and calls come in time, and falls to four fifths of what
 * was under way when too many were congested in two windows and more, one after the other. Where nobody uses it, it goes back to its first value by one a window:
 * what once was too much need not be so for ever. The caller judges what congested means, since it knows what its calls should take.
 *
 * @source additive increase, multiplicative decrease: D.-M. Chiu and R. Jain, Computer Networks and ISDN Systems 17, 1989; for limits of servers
 *   https://github.com/Netflix/concurrency-limits, whose AIMDLimit judges by a timeout as well
 */
export class ConcurrencyLimit {
  readonly #options: ConcurrencyLimitOptions;
  #limit: number;
  #decidedAt: MonotonicMs | undefined;
  #calls = 0;
  #congested = 0;
  #congestedWindows = 0;
  #peak = 0;
  #perMs = 0;

  constructor(options: ConcurrencyLimitOptions) {
    this.#options = options;
    this.#limit = options.initial;
  }

  /** Calls that may be under way. */
  get limit(): number {
    return this.#limit;
  }

  /** Calls that ended in a millisecond of the last window; 0 while there was none. */
  get perMs(): number {
    return this.#perMs;
  }

  /** Takes a call that has ended, with how many were under way then, itself included. */
  add(now: MonotonicMs, isCongested: boolean, underWay: number): void {
    this.#decidedAt ??= now;
    this.#calls += 1;
    if (isCongested) this.#congested += 1;
    if (underWay > this.#peak) this.#peak = underWay;
    const tookMs = now - this.#decidedAt;
    if (tookMs < this.#options.windowMs || this.#calls < this.#options.callsMin) return;
    this.#decide();
    this.#perMs = this.#calls / tookMs;
    this.#decidedAt = now;
    this.#calls = 0;
    this.#congested = 0;
    this.#peak = 0;
  }

  #decide(): void {
    const { initial, min, max, congestedShareMax } = this.#options;
    const isCongested = this.#congested > congestedShareMax * this.#calls;
    this.#congestedWindows = isCongested ? this.#congestedWindows + 1 : 0;
    if (isCongested) {
      if (this.#congestedWindows < congestedWindows) return;
      this.#limit = Math.max(min, Math.floor(fallTo * Math.min(this.#limit, this.#peak)));
    } else if (this.#peak >= usedShareMin * this.#limit) {
      this.#limit = Math.min(max, this.#limit + Math.ceil(riseBy * this.#limit));
    } else if (this.#limit < initial) {
      this.#limit += 1;
    }
  }
}
