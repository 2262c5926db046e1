/** First in, first out, with a limit; refuses at once when it is full. O(1) amortised. */
export class BoundedQueue<T> {
  readonly #itemsMax: number;
  #items: T[] = [];
  #head = 0;

  constructor(itemsMax: number) {
    this.#itemsMax = itemsMax;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** Tells whether there was room. */
  offer(item: T): boolean {
    if (this.size >= this.#itemsMax) return false;
    this.#items.push(item);
    return true;
  }

  /** Removes and gives up to `itemsMax` items, oldest first. */
  take(itemsMax: number): readonly T[] {
    const end = Math.min(this.#items.length, this.#head + itemsMax);
    const taken = this.#items.slice(this.#head, end);
    this.#head = end;
    if (this.#head > 1_024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }
}
