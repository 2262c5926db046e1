/**
 * Numbers batches in the order in which they came and hands them on in that order, though they become durable in any. So "counted through batch n" says everything about what was counted.
 */
export class IntakeOrder<T> {
  readonly #take: (item: T) => void;
  readonly #finished = new Map<number, T | undefined>();
  #next: number;
  #handed: number;

  /** @param last number of the last batch that was handed on before; 0 for none */
  constructor(take: (item: T) => void, last = 0) {
    this.#take = take;
    this.#next = last + 1;
    this.#handed = last;
  }

  /** Number of the last batch that was handed on, with all before it. */
  get handed(): number {
    return this.#handed;
  }

  /** Gives a new batch its number. It has to be finished, or nothing behind it is handed on. */
  begin(): number {
    const number = this.#next;
    this.#next += 1;
    return number;
  }

  /** Hands a batch on as soon as all before it are; undefined for one that came to nothing. */
  finish(number: number, item: T | undefined): void {
    this.#finished.set(number, item);
    while (this.#finished.has(this.#handed + 1)) {
      const following = this.#handed + 1;
      const found = this.#finished.get(following);
      this.#finished.delete(following);
      this.#handed = following;
      if (found !== undefined) this.#take(found);
    }
  }

  /** Goes on behind a number that was given before the process began. */
  resume(last: number): void {
    this.#next = Math.max(this.#next, last + 1);
    this.#handed = Math.max(this.#handed, last);
  }
}
