import type { Clock } from '../kernel/clock.ts';
import type { MonotonicMs } from '../kernel/units.ts';

/** Turns of which the shortest counts. */
const turnsKept = 3;
/** Turns say nothing any more after so many ms without another. */
const forgottenMs = 200;

/**
 * Knows how long the turns of an event loop are in which calls arrive. A call may have waited in the kernel for the whole turn before, and its time in the process
 * counts from the moment at which it is read: so what the process sees of its own delay is too little by about the length of a turn.
 *
 * The shortest of the last turns counts. Where more comes than can be done, each turn has more to do than the one before, and all are long; a pause (of the garbage
 * collector, of a process that got no core) makes one long turn, whose arrears the next ones clear.
 *
 * @source the least delay of an interval tells a standing queue from a burst: K. Nichols and V. Jacobson, Controlling Queue Delay, ACM Queue 10(5), 2012
 */
export class TurnWatch {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #atTurnEnd: (action: () => void) => void;
  readonly #lengths = new Float64Array(turnsKept);
  #beganAt: MonotonicMs | undefined;
  #endedAt = Number.NEGATIVE_INFINITY;
  #next = 0;

  /** @param atTurnEnd runs an action when all that has arrived by now was read: `setImmediate` */
  constructor(clock: Pick<Clock, 'monotonic'>, atTurnEnd: (action: () => void) => void) {
    this.#clock = clock;
    this.#atTurnEnd = atTurnEnd;
  }

  /** Length of the shortest of the last turns, in ms: what a call has waited at least before it was read. */
  get lagMs(): number {
    if (this.#clock.monotonic() - this.#endedAt > forgottenMs) return 0;
    return this.#lengths.reduce((least, length) => Math.min(least, length));
  }

  /** A call arrives. */
  touch(): void {
    if (this.#beganAt !== undefined) return;
    const beganAt = this.#clock.monotonic();
    this.#beganAt = beganAt;
    this.#atTurnEnd(() => {
      const now = this.#clock.monotonic();
      this.#beganAt = undefined;
      if (beganAt - this.#endedAt > forgottenMs) this.#lengths.fill(0);
      this.#endedAt = now;
      this.#lengths[this.#next] = now - beganAt;
      this.#next = (this.#next + 1) % turnsKept;
    });
  }
}
