/** Things that were counted, and some of them. */
export interface ShareCounts {
  readonly all: number;
  readonly some: number;
}

/** Ten minutes: what was an hour ago says nothing of how it is now. */
const keptMs = 600_000;
const stretchMs = 10_000;
/** Stretches of what is kept, of what is on its way, and the one that has begun. */
const stretches = keptMs / stretchMs + 3;

/** Counts things of requests, and some of them, over the last ten minutes, by when the requests came. Memory is fixed; adding is O(1). */
export class ShareWindow {
  readonly #all = new Float64Array(stretches);
  readonly #some = new Float64Array(stretches);
  /** Number of the newest stretch since the epoch. */
  #newest = 0;

  /** Counts so many things of a request that came at a time, epoch ms. */
  add(atMs: number, count: number): void {
    const slot = this.#slotOf(atMs);
    if (slot !== undefined) this.#all[slot] = (this.#all[slot] ?? 0) + count;
  }

  /** Counts one of them that is of those that matter, by when its request came, epoch ms. */
  mark(atMs: number): void {
    const slot = this.#slotOf(atMs);
    if (slot !== undefined) this.#some[slot] = (this.#some[slot] ?? 0) + 1;
  }

  /** Gives the counts of the requests that came within `lengthMs`, at most ten minutes, up to a time in epoch ms; both in whole stretches of 10 s. O(60). */
  counts(untilMs: number, lengthMs: number = keptMs): ShareCounts {
    const until = Math.floor(untilMs / stretchMs);
    const from = Math.max(until - lengthMs / stretchMs, this.#newest - stretches + 1, 0);
    let [all, some] = [0, 0];
    for (let stretch = from; stretch < until && stretch <= this.#newest; stretch += 1) {
      all += this.#all[stretch % stretches] ?? 0;
      some += this.#some[stretch % stretches] ?? 0;
    }
    return { all, some };
  }

  #slotOf(atMs: number): number | undefined {
    const stretch = Math.floor(atMs / stretchMs);
    if (stretch <= this.#newest - stretches) return undefined;
    for (
      let next = Math.max(this.#newest + 1, stretch - stretches + 1);
      next <= stretch;
      next += 1
    ) {
      this.#all[next % stretches] = 0;
      this.#some[next % stretches] = 0;
    }
    this.#newest = Math.max(this.#newest, stretch);
    return stretch % stretches;
  }
}
