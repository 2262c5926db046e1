/** A queue with a limit: what does not fit is refused at once. All operations take constant time, amortized. */
export class BoundedFifo<T> {
  readonly itemsMax: number;
  #items: (T | undefined)[] = [];
  #head = 0;

  constructor(itemsMax: number) {
    this.itemsMax = itemsMax;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** Adds at the end; false when the queue is full. */
  push(item: T): boolean {
    if (this.size >= this.itemsMax) return false;
    this.#items.push(item);
    return true;
  }

  /** Gives the first item and leaves it there; undefined when the queue is empty. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** Takes the first item; undefined when the queue is empty. */
  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (this.#head >= this.#items.length) return undefined;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    // The front is cut off when it is half of the array: each item moves once at most.
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Gives what is there, in order; nothing is taken. */
  *[Symbol.iterator](): Generator<T> {
    for (let at = this.#head; at < this.#items.length; at += 1) yield this.#items[at] as T;
  }

  /** Takes everything, in order. */
  clear(): readonly T[] {
    const items = this.#items.slice(this.#head) as T[];
    this.#items = [];
    this.#head = 0;
    return items;
  }
}
