import type { Clock } from '../kernel/clock.ts';
import type { MonotonicMs } from '../kernel/units.ts';

/** How long a long turn is remembered, in ms: once to twice this. */
const windowMs = 100;

/**
 * Knows how long the turns of an event loop are in which calls arrive. A call may have waited in the kernel for the whole turn before, and its time in the process
 * counts from the moment at which it is read: so what the process sees of its own delay is too little by about the length of a turn.
 */
export class TurnWatch {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #atTurnEnd: (action: () => void) => void;
  #beganAt: MonotonicMs | undefined;
  #windowFrom = 0;
  #longestMs = 0;
  #longestBeforeMs = 0;

  /** @param atTurnEnd runs an action when all that has arrived by now was read: `setImmediate` */
  constructor(clock: Pick<Clock, 'monotonic'>, atTurnEnd: (action: () => void) => void) {
    this.#clock = clock;
    this.#atTurnEnd = atTurnEnd;
  }

  /** Length of the longest turn of late, in ms: what a call may have waited before it was read. */
  get lagMs(): number {
    this.#age(this.#clock.monotonic());
    return Math.max(this.#longestMs, this.#longestBeforeMs);
  }

  /** A call arrives. */
  touch(): void {
    if (this.#beganAt !== undefined) return;
    const beganAt = this.#clock.monotonic();
    this.#beganAt = beganAt;
    this.#atTurnEnd(() => {
      const now = this.#clock.monotonic();
      this.#beganAt = undefined;
      this.#age(now);
      this.#longestMs = Math.max(this.#longestMs, now - beganAt);
    });
  }

  #age(now: MonotonicMs): void {
    const windows = (now - this.#windowFrom) / windowMs;
    if (windows < 1) return;
    this.#longestBeforeMs = windows < 2 ? this.#longestMs : 0;
    this.#longestMs = 0;
    this.#windowFrom = now;
  }
}
