import type { DurationMs, MonotonicMs } from '../kernel/units.ts';
import { durationMs } from '../kernel/units.ts';
import { BoundedFifo } from './bounded-fifo.ts';
import { ConcurrencyLimit, type ConcurrencyLimitOptions, type Pace } from './concurrency-limit.ts';

/** How much a call matters when not all can be answered. */
export type CallPriority = 'high' | 'normal' | 'low';

/** A call that wants in: exactly one of the two is called, once. */
export interface Entrant {
  /** It may begin; its place has to be left when it has ended, however it ends. */
  onAdmitted(place: Place): void;
  /** There is no room; asking again pays after so long. */
  onRefused(retryAfterMs: DurationMs): void;
}

/** The place of a call that was let in. */
export interface Place {
  /** Gives it back, once, and says how long the call took. The next that wait are let in. */
  leave(now: MonotonicMs, pace: Pace): void;
}

/** What an {@link Admission} is made of. */
export interface AdmissionOptions extends ConcurrencyLimitOptions {
  /** Longest wait for room that is worth it: part of what a call may take in all. */
  readonly waitMsMax: number;
}

// What can be done without goes first: copies for shadows, then calls of low priority, then the others.
const optionalShare = 0.6;
const lowShare = 0.75;
const retryAfterMsMin = durationMs(50);

/**
 * Lets in as many calls at once as can be borne, keeps a few more waiting, and refuses the rest at once, so that those that are in are
 * answered in time. High priority goes before normal and takes its place in a full queue; low priority never waits.
 */
export class Admission {
  readonly #limit: ConcurrencyLimit;
  readonly #waitMsMax: number;
  readonly #high: BoundedFifo<Entrant>;
  readonly #normal: BoundedFifo<Entrant>;
  #underWay = 0;
  #isLettingIn = false;

  constructor(options: AdmissionOptions) {
    this.#limit = new ConcurrencyLimit(options);
    this.#waitMsMax = options.waitMsMax;
    this.#high = new BoundedFifo(options.max);
    this.#normal = new BoundedFifo(options.max);
  }

  /** Calls that were let in and have not ended. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Calls that may be under way now. */
  get limit(): number {
    return this.#limit.limit;
  }

  /** Whether there is too much load, now or a moment ago. */
  get isStrained(): boolean {
    return this.#limit.isStrained;
  }

  /** Calls that wait for room. */
  get waiting(): number {
    return this.#high.size + this.#normal.size;
  }

  /** Whether there is room for work that nobody waits for. */
  get hasRoomToSpare(): boolean {
    return this.#underWay <= optionalShare * this.#limit.limit;
  }

  /** Whether so many more calls, which are on their way in, are as many as can be let in or wait: one more would be refused. */
  isFullWith(arriving: number): boolean {
    return this.#underWay + this.waiting + arriving >= this.#limit.limit + this.#waitingMax();
  }

  /** When asking again pays. */
  get retryAfterMs(): DurationMs {
    return this.#retryAfter();
  }

  /** Counts a call that was refused before it came here, for want of room. */
  refuse(): void {
    this.#limit.refuse();
  }

  /** Takes a call: it is admitted or refused before this returns, or waits. */
  enter(entrant: Entrant, priority: CallPriority): void {
    const { limit } = this.#limit;
    const hasRoom = this.#underWay < (priority === 'low' ? lowShare * limit : limit);
    if (hasRoom && this.waiting === 0) {
      this.#letIn(entrant);
      return;
    }
    if (priority === 'low') {
      // It would have been let in where another is not yet: that says nothing of the limit.
      entrant.onRefused(this.#retryAfter());
      return;
    }
    if (this.waiting < this.#waitingMax()) {
      (priority === 'high' ? this.#high : this.#normal).push(entrant);
      return;
    }
    // The oldest normal one has the least time left to be answered in.
    const displaced = priority === 'high' ? this.#normal.shift() : undefined;
    if (displaced !== undefined) this.#high.push(entrant);
    this.#limit.refuse();
    (displaced ?? entrant).onRefused(this.#retryAfter());
  }

  #letIn(entrant: Entrant): void {
    this.#underWay += 1;
    entrant.onAdmitted(new TakenPlace(this.#onLeft));
  }

  readonly #onLeft = (now: MonotonicMs, pace: Pace): void => {
    this.#leave(now, pace);
  };

  #leave(now: MonotonicMs, pace: Pace): void {
    this.#limit.add(now, pace, this.#underWay);
    this.#underWay -= 1;
    // A call that ends while it is let in has its place filled by the loop that let it in.
    if (this.#isLettingIn) return;
    this.#isLettingIn = true;
    try {
      while (this.#underWay < this.#limit.limit) {
        const next = this.#high.shift() ?? this.#normal.shift();
        if (next === undefined) break;
        this.#letIn(next);
      }
    } finally {
      this.#isLettingIn = false;
    }
  }

  /** As many may wait as are answered in the longest wait; before anything was measured, as many as may be under way. */
  #waitingMax(): number {
    const { limit, perMs } = this.#limit;
    return perMs === 0 ? limit : Math.min(limit, Math.ceil(perMs * this.#waitMsMax));
  }

  /** When the calls that are in or wait will have been answered, at the last pace. */
  #retryAfter(): DurationMs {
    const { perMs } = this.#limit;
    if (perMs === 0) return retryAfterMsMin;
    return durationMs(
      Math.max(retryAfterMsMin, Math.ceil((this.#underWay + this.waiting) / perMs)),
    );
  }
}

/** A place that is given back once, however often it is left. */
class TakenPlace implements Place {
  readonly #onLeft: Place['leave'];
  #isLeft = false;

  constructor(onLeft: Place['leave']) {
    this.#onLeft = onLeft;
  }

  leave(now: MonotonicMs, pace: Pace): void {
    if (this.#isLeft) return;
    this.#isLeft = true;
    this.#onLeft(now, pace);
  }
}
