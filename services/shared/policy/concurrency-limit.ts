import type { MonotonicMs } from '../kernel/units.ts';
import { LeastLatency } from './least-latency.ts';

/** How long a call took: as calls should, longer than where it has no company, or longer than calls may. */
export type Pace = 'calm' | 'slow' | 'late';

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
  /** Share of late calls in a window above which it is congested and the limit falls, and of slow ones above which it does not rise, 0 to 1. */
  readonly shareMax: number;
  /** Where the limit falls because most calls were late, it falls to what ends in so many ms more than a call takes without company. */
  readonly queueMs: number;
}

/** Of what was under way; TCP's half would throw away what the machine can bear. */
const fallTo = 0.8;
/** How long it is remembered what calls take where nobody waits. */
const leastPeriodMs = 10_000;
const riseBy = 0.05;
/** Above this share of late calls most were. */
const mostShare = 0.5;
/** A window that is congested may have been a pause of the machine; the second in a row is too much load. */
const congestedWindows = 2;
/** Share of the limit that must be in use before it rises above its first value. */
const usedShareMin = 0.8;

/**
 * Learns how many calls may be under way at once. The limit rises by a twentieth while it is used and calls are calm, stays where more than a few are slow, and falls when more than a few
 * were late in two windows and more, one after the other: to four fifths of what was under way; where most were late, to what ends in little more than the time that a call takes without
 * company, so that an overload is over after one fall whatever the limit was. Where nobody uses it, it rises to its first value and no further: what once was too much need not be so for ever. The caller judges what slow and late mean, since it knows what its calls should take.
 *
 * @source additive increase, multiplicative decrease: D.-M. Chiu and R. Jain, Computer Networks and ISDN Systems 17, 1989; for limits of servers
 *   https://github.com/Netflix/concurrency-limits, whose AIMDLimit judges by a timeout as well; what a call takes on average follows from how many are under way and end
 *   in a millisecond: J. D. C. Little, Operations Research 9(3), 1961
 */
export class ConcurrencyLimit {
  readonly #options: ConcurrencyLimitOptions;
  #limit: number;
  #decidedAt: MonotonicMs | undefined;
  #calls = 0;
  #slow = 0;
  #late = 0;
  #congestedWindows = 0;
  #peak = 0;
  #underWaySum = 0;
  #perMs = 0;
  readonly #least = new LeastLatency(leastPeriodMs);

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
  add(now: MonotonicMs, pace: Pace, underWay: number): void {
    this.#decidedAt ??= now;
    this.#calls += 1;
    if (pace === 'late') this.#late += 1;
    else if (pace === 'slow') this.#slow += 1;
    this.#underWaySum += underWay;
    if (underWay > this.#peak) this.#peak = underWay;
    const tookMs = now - this.#decidedAt;
    if (tookMs < this.#options.windowMs || this.#calls < this.#options.callsMin) return;
    this.#perMs = this.#calls / tookMs;
    this.#least.add(now, this.#underWaySum / this.#calls / this.#perMs);
    this.#decide();
    this.#decidedAt = now;
    this.#calls = 0;
    this.#slow = 0;
    this.#late = 0;
    this.#underWaySum = 0;
    this.#peak = 0;
  }

  #decide(): void {
    const { initial, min, max, shareMax } = this.#options;
    const few = shareMax * this.#calls;
    const isCongested = this.#late > few;
    this.#congestedWindows = isCongested ? this.#congestedWindows + 1 : 0;
    if (isCongested) {
      if (this.#congestedWindows >= congestedWindows) this.#limit = Math.max(min, this.#fallen());
      return;
    }
    if (this.#slow + this.#late > few) return;
    // What nobody uses says nothing of what could be borne: it is no reason to rise above the first value.
    const most = this.#peak >= usedShareMin * this.#limit ? max : Math.max(initial, this.#limit);
    this.#limit = Math.min(most, this.#limit + Math.ceil(riseBy * this.#limit));
  }

  #fallen(): number {
    const fallen = fallTo * Math.min(this.#limit, this.#peak);
    if (this.#late <= mostShare * this.#calls) return Math.floor(fallen);
    const prompt = this.#perMs * (this.#least.ms + this.#options.queueMs);
    return Math.floor(Math.min(fallen, prompt));
  }
}
