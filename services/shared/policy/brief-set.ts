/** Something that a {@link BriefSet} may hold, one at a time. */
export interface Seated {
  /** Its place there; -1 in none. Only the set changes it. */
  seat: number;
}

/**
 * A set of what stays for a moment, such as calls under way. Unlike a Set it keeps nothing alive that has left: the table of a Set
 * is replaced each time that its places are used up, and the old one points to the new one. Once one of them is old, all tables
 * after it live until the next full collection, and with them what they held: half of the requests, copied twice.
 * @source https://github.com/v8/v8/blob/main/src/objects/ordered-hash-table.h, "next table"
 */
export class BriefSet<Item extends Seated> {
  readonly #items: Item[] = [];

  /** Items that it holds. */
  get size(): number {
    return this.#items.length;
  }

  /** Takes an item that is in no set. */
  add(item: Item): void {
    item.seat = this.#items.length;
    this.#items.push(item);
  }

  /** Lets an item go; false where it is not in here. */
  delete(item: Item): boolean {
    const { seat } = item;
    if (seat < 0 || this.#items[seat] !== item) return false;
    const last = this.#items.pop();
    if (last !== undefined && last !== item) {
      this.#items[seat] = last;
      last.seat = seat;
    }
    item.seat = -1;
    return true;
  }

  /** Lets all go, and gives them, as a rule in the order that they came in. */
  clear(): readonly Item[] {
    const items = this.#items.splice(0);
    for (const item of items) item.seat = -1;
    return items;
  }

  /** Gives what is there, as a rule the latest first; whatever is given may be let go meanwhile. */
  *[Symbol.iterator](): Generator<Item> {
    for (let at = this.#items.length - 1; at >= 0; at -= 1) {
      const item = this.#items[at];
      if (item !== undefined) yield item;
    }
  }
}
