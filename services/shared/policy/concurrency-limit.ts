import type { MonotonicMs } from '../kernel/units.ts';
import { LeastLatency } from './least-latency.ts';
import { LimitProbe } from './limit-probe.ts';

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
  /** Where calls are refused, as many are let in now and then as end in so many ms more than a call takes without company; see {@link LimitProbe}. */
  readonly probeMs: number;
}

/** Of what was under way; TCP's half would throw away what the machine can bear. */
const fallTo = 0.8;
/** How long it is remembered what calls take where nobody waits. */
const leastPeriodMs = 10_000;
const riseBy = 0.05;
/** Where nobody uses it, the way back to the first value takes a second or two. */
const returnBy = 0.25;
/** Above this share of slow or late calls most were. */
const mostShare = 0.5;
/**
 * What a congested window counts for, and from what sum on windows in a row are too much load: two where calls were refused; six where nobody was, since those may be a pause of the machine and
 * its arrears, and falling would refuse callers who had room.
 */
const congestedBy = { hasRefused: 3, hasNot: 1 };
const congestedMax = 6;
/** A window that took so many times its time was idle. */
const idleWindows = 10;
/** Share of the limit that must be in use before it rises above its first value. */
const usedShareMin = 0.8;

/**
 * Learns how many calls may be under way at once. The limit rises by a twentieth while it is used and calls are calm, and stays where more than a few are slow. It falls when, in six windows one
 * after the other, or in two in which calls were refused, more than a few were late, or most were slow while others were refused: to four fifths of what was under way; where most were slow or late, to what ends in little more than
 * the time that a call takes without company, so that an overload is over after one fall whatever the limit was. Where nobody uses it, it rises, while calls are in time, to its first value and no further: what once was
 * too much need not be so for ever. The caller judges what slow and late mean, since it knows what its calls should take.
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
  #refused = 0;
  /** Whether calls were refused in the last window. */
  #hasRefused = false;
  /** Sum of the congested windows in a row, by {@link congestedBy}. */
  #congested = 0;
  #peak = 0;
  #underWaySum = 0;
  #perMs = 0;
  readonly #least = new LeastLatency(leastPeriodMs);
  readonly #probe = new LimitProbe();

  constructor(options: ConcurrencyLimitOptions) {
    this.#options = options;
    this.#limit = options.initial;
  }

  /** Calls that may be under way. */
  get limit(): number {
    return this.#limit;
  }

  /** Whether there is too much load: calls were refused in this window or the last, and not because it is tried how many there are. */
  get isStrained(): boolean {
    return (this.#refused > 0 || this.#hasRefused) && !this.#probe.isUnderWay;
  }

  /** Calls that ended in a millisecond of the last window; 0 while there was none. */
  get perMs(): number {
    return this.#perMs;
  }

  /** Counts a call that was refused for want of room. */
  refuse(): void {
    this.#refused += 1;
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
    this.#hasRefused = this.#refused > 0;
    this.#perMs = this.#calls / tookMs;
    this.#learnLeast(now, this.#underWaySum / this.#calls / this.#perMs);
    // What was long ago is not followed by what is now.
    if (tookMs > idleWindows * this.#options.windowMs) this.#congested = 0;
    this.#decide(now);
    this.#decidedAt = now;
    this.#calls = 0;
    this.#slow = 0;
    this.#late = 0;
    this.#refused = 0;
    this.#underWaySum = 0;
    this.#peak = 0;
  }

  /** Under too much load all calls have company, and what was known before stays. */
  #learnLeast(now: MonotonicMs, latencyMs: number): void {
    if (!this.#hasRefused || latencyMs < this.#least.ms) this.#least.add(now, latencyMs);
  }

  #decide(now: MonotonicMs): void {
    const few = this.#options.shareMax * this.#calls;
    const isCongested = this.#late > few;
    if (this.#isTrying(now, isCongested)) {
      this.#congested = 0;
      return;
    }
    // Where fewer were under way than may always be, it is not their number that makes them late.
    if (this.#peak > this.#options.min && (isCongested || this.#isCrowded)) {
      this.#congested += this.#hasRefused ? congestedBy.hasRefused : congestedBy.hasNot;
      if (this.#congested >= congestedMax) this.#fall(now);
      return;
    }
    this.#congested = 0;
    // What nobody uses makes nobody slow.
    const isUsed = this.#peak >= usedShareMin * this.#limit;
    if (!isCongested && !(isUsed && this.#slow + this.#late > few)) this.#rise(isUsed);
  }

  /** Whether most were slow while others were refused. */
  get #isCrowded(): boolean {
    return this.#hasRefused && this.#slow + this.#late > mostShare * this.#calls;
  }

  /** Whether the window belongs to a try, or one begins or ends with it. */
  #isTrying(now: MonotonicMs, isCongested: boolean): boolean {
    const target = Math.min(this.#options.max, this.#endsWithin(this.#options.probeMs));
    const window = { limit: this.#limit, target, hasRefused: this.#hasRefused, isCongested };
    const tried = this.#probe.next(now, window);
    if (tried !== undefined) this.#limit = tried;
    return tried !== undefined || this.#probe.isUnderWay;
  }

  #rise(isUsed: boolean): void {
    const { initial, max } = this.#options;
    // What nobody uses says nothing of what could be borne: it is no reason to rise above the first value.
    const most = isUsed ? max : Math.max(initial, this.#limit);
    const by = isUsed ? riseBy : returnBy;
    this.#limit = Math.min(most, this.#limit + Math.ceil(by * this.#limit));
  }

  #fall(now: MonotonicMs): void {
    this.#limit = Math.max(this.#options.min, this.#fallen());
    this.#probe.postpone(now);
  }

  #fallen(): number {
    const fallen = Math.floor(fallTo * Math.min(this.#limit, this.#peak));
    if (this.#slow + this.#late <= mostShare * this.#calls) return fallen;
    return Math.min(fallen, this.#endsWithin(this.#options.queueMs));
  }

  /** Calls that end within so many ms more than a call takes without company. */
  #endsWithin(moreMs: number): number {
    return Math.floor(this.#perMs * (this.#least.ms + moreMs));
  }
}
