import { type MonotonicMs, monotonicMs } from '../../kernel/units.ts';
import { BriefSet, type Seated } from '../../policy/brief-set.ts';
import { systemClock } from './system-clock.ts';

/** Gives what ends a call of `action` after so many ms, unless it comes first; it must not keep the process alive. */
export type Alarm = (action: () => void, delayMs: number) => () => void;

/** An action that waits for its time. */
class WaitingAction implements Seated {
  seat = -1;
  readonly at: MonotonicMs;
  /** How many were set before it. */
  readonly number: number;
  readonly run: () => void;

  constructor(at: MonotonicMs, number: number, run: () => void) {
    this.at = at;
    this.number = number;
    this.run = run;
  }
}

/**
 * Timers of which most are cancelled, such as the budgets of requests: one alarm for all, at the earliest time of any. When it goes off it looks at all that wait, which are as
 * many as there are requests under way, some tens of times a second. A timer of Node for each kept whole requests alive until the next full collection, a
 * fifth of all that a router allocates, each of them copied twice by the collector.
 */
export class TimerSet {
  readonly #now: () => MonotonicMs;
  readonly #setAlarm: Alarm;
  readonly #waiting = new BriefSet<WaitingAction>();
  #clearAlarm: () => void = () => undefined;
  #alarmAt = Number.POSITIVE_INFINITY;
  #made = 0;

  constructor(now: () => MonotonicMs, setAlarm: Alarm) {
    this.#now = now;
    this.#setAlarm = setAlarm;
  }

  /** Timers that wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Calls `action` once, after `delayMs` or a little later; gives what {@link cancel} takes. */
  after(delayMs: number, action: () => void): unknown {
    const waiting = new WaitingAction(monotonicMs(this.#now() + delayMs), this.#made++, action);
    this.#waiting.add(waiting);
    if (waiting.at < this.#alarmAt) this.#alarm(waiting.at);
    return waiting;
  }

  /** Takes a timer back; nothing happens where it has gone off, or is none. */
  cancel(timer: unknown): void {
    if (timer instanceof WaitingAction) this.#waiting.delete(timer);
  }

  #alarm(at: number): void {
    this.#clearAlarm();
    this.#alarmAt = at;
    this.#clearAlarm = this.#setAlarm(this.#onAlarm, Math.max(1, Math.ceil(at - this.#now())));
  }

  readonly #onAlarm = (): void => {
    this.#alarmAt = Number.POSITIVE_INFINITY;
    const now = this.#now();
    const due = [...this.#waiting].filter(({ at }) => at <= now);
    due.sort((left, right) => left.at - right.at || left.number - right.number);
    try {
      // One that an action before it has cancelled is no longer there.
      for (const action of due) if (this.#waiting.delete(action)) action.run();
    } finally {
      // What is due still, since an action threw, comes with the next alarm.
      let earliest = Number.POSITIVE_INFINITY;
      for (const { at } of this.#waiting) earliest = Math.min(earliest, at);
      if (earliest < this.#alarmAt) this.#alarm(earliest);
    }
  };
}

/** Timers of this process, for hot paths. They don't keep the process alive. */
export const systemTimers = new TimerSet(
  () => systemClock.monotonic(),
  (action, delayMs) => {
    const timer = setTimeout(action, delayMs).unref();
    return () => clearTimeout(timer);
  },
);
