/** Values that come in before those that have stayed move on: fewer than a table holds that is not worth its while. */
const arrivalsMax = 256;

/**
 * A map of what stays for a moment, such as requests by their number. Unlike a Map it keeps nothing alive that has left; why a Map
 * does, see {@link BriefSet}. What comes in goes to a Map that is let go as a whole, once 256 values have come: no table of one
 * points to one of the next.
 */
export class BriefMap<Key extends number | string, Value> {
  /** Those that came before, and stay; in the order that they came in. */
  #settled = new Map<Key, Value>();
  #arrived = new Map<Key, Value>();
  #arrivals = 0;

  /** Values that it holds. */
  get size(): number {
    return this.#settled.size + this.#arrived.size;
  }

  /** Gives the value of a key; undefined where there is none. */
  get(key: Key): Value | undefined {
    return this.#arrived.get(key) ?? this.#settled.get(key);
  }

  /** Keeps a value under a key, in place of another one. */
  set(key: Key, value: Value): void {
    if (this.#settled.size > 0 && this.#settled.has(key)) {
      this.#settled.set(key, value);
      return;
    }
    this.#arrived.set(key, value);
    this.#arrivals += 1;
    if (this.#arrivals >= arrivalsMax + this.#settled.size) this.#settle();
  }

  /** Lets the value of a key go; false where there is none. */
  delete(key: Key): boolean {
    return this.#arrived.delete(key) || this.#settled.delete(key);
  }

  /** Calls `visit` with each value and its key, in the order that they came in; whatever is given may be let go meanwhile. */
  forEach(visit: (value: Value, key: Key) => void): void {
    const both = [this.#settled, this.#arrived];
    for (const map of both) for (const [key, value] of map) visit(value, key);
  }

  /** Lets all go. */
  clear(): void {
    for (const map of [this.#settled, this.#arrived]) letGo(map);
    this.#settled = new Map();
    this.#arrived = new Map();
    this.#arrivals = 0;
  }

  /** Gives the values in the order that their keys came in; whatever is given may be let go meanwhile. */
  *values(): Generator<Value> {
    const both = [this.#settled, this.#arrived];
    for (const map of both) yield* map.values();
  }

  /** Begins anew with what is there, so that it takes as long as the arrivals since the last time at most. */
  #settle(): void {
    const before = [this.#settled, this.#arrived];
    this.#settled = new Map();
    this.#arrived = new Map();
    this.#arrivals = 0;
    for (const map of before) {
      for (const [key, value] of map) this.#settled.set(key, value);
      letGo(map);
    }
  }
}

/** Empties a map that somebody may still point to: clearing it would leave all in the table that is no longer used. */
function letGo(map: Map<unknown, unknown>): void {
  for (const key of map.keys()) map.delete(key);
}
