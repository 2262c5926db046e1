/** Frames without use that a peer may send at once, and each second after that: more than any client does, and little work. */
const burst = 20_000;
const perSecond = 4_000;

/** Holds a peer to few frames that make work and move nothing: resets, pings, settings, priorities, data without bytes. */
export class Calm {
  #left = burst;
  #filledAt: number;

  /** @param nowMs any clock that runs on */
  constructor(nowMs: number) {
    this.#filledAt = nowMs;
  }

  /** Counts one; false when it is too many. */
  take(nowMs: () => number): boolean {
    this.#left -= 1;
    if (this.#left >= 0) return true;
    const now = nowMs();
    this.#left = Math.min(burst, ((now - this.#filledAt) / 1_000) * perSecond) - 1;
    this.#filledAt = now;
    return this.#left >= 0;
  }
}
