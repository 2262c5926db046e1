/** Frames without use that a peer may send at once, and each second after that: callers who give up by the thousand are no attack, and each is little work. */
const burst = 40_000;
const perSecond = 10_000;

/** Holds a peer to few frames that make work and move nothing: resets, pings, settings, priorities, data without bytes. */
export class Calm {
  #left = burst;
  #filledAt: number;

  /** @param nowMs any clock that runs on */
  constructor(nowMs: number) {
    this.#filledAt = nowMs;
  }

  /** Counts so many frames; false when it is too many. */
  take(frames: number, nowMs: () => number): boolean {
    this.#left -= frames;
    if (this.#left >= 0) return true;
    const now = nowMs();
    this.#left = Math.min(burst, ((now - this.#filledAt) / 1_000) * perSecond) - frames;
    this.#filledAt = now;
    return this.#left >= 0;
  }
}
