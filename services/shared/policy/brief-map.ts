interface Box<Value> {
  value: Value | undefined;
}

/**
 * A map of what stays for a moment, such as requests by their number. Unlike a Map it keeps no value alive that has left; why a Map
 * does, see {@link BriefSet}. Keys are small.
 */
export class BriefMap<Key extends number | string, Value> {
  // What a table that outlives its time holds are empty boxes.
  readonly #boxes = new Map<Key, Box<Value>>();

  /** Values that it holds. */
  get size(): number {
    return this.#boxes.size;
  }

  /** Gives the value of a key; undefined where there is none. */
  get(key: Key): Value | undefined {
    return this.#boxes.get(key)?.value;
  }

  /** Keeps a value under a key, in place of another one. */
  set(key: Key, value: Value): void {
    const known = this.#boxes.get(key);
    if (known === undefined) this.#boxes.set(key, { value });
    else known.value = value;
  }

  /** Lets the value of a key go; false where there is none. */
  delete(key: Key): boolean {
    const box = this.#boxes.get(key);
    if (box === undefined) return false;
    box.value = undefined;
    return this.#boxes.delete(key);
  }

  /** Calls `visit` with each value and its key, in the order that they came in; whatever is given may be let go meanwhile. */
  forEach(visit: (value: Value, key: Key) => void): void {
    for (const [key, { value }] of this.#boxes) if (value !== undefined) visit(value, key);
  }

  /** Lets all go. */
  clear(): void {
    for (const box of this.#boxes.values()) box.value = undefined;
    this.#boxes.clear();
  }

  /** Gives the values in the order that their keys came in; whatever is given may be let go meanwhile. */
  *values(): Generator<Value> {
    for (const { value } of this.#boxes.values()) if (value !== undefined) yield value;
  }
}
