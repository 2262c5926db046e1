/**
 * Least or greatest value of a window that only moves forward, over values of which NaN doesn't count.
 * @source Lemire, "Streaming maximum-minimum filter using no more than three comparisons per element" (2006): the
 * monotonic wedge. O(1) amortised for each step.
 */
export class ExtremeQueue {
  readonly #values: Float64Array;
  readonly #sign: number;
  /** Indexes that can still become the extreme, ascending, in [#head, #tail). */
  readonly #indexes: Uint32Array;
  #head = 0;
  #tail = 0;
  #end = 0;

  constructor(values: Float64Array, operator: 'min' | 'max') {
    this.#values = values;
    this.#sign = operator === 'max' ? 1 : -1;
    this.#indexes = new Uint32Array(values.length);
  }

  /** Moves to the values at index [begin, end), neither of which may go back; gives NaN when none of them counts. */
  moveTo(begin: number, end: number): number {
    for (; this.#end < end; this.#end += 1) this.#enter(this.#end);
    while (this.#head < this.#tail && (this.#indexes[this.#head] ?? 0) < begin) this.#head += 1;
    return this.#head === this.#tail ? Number.NaN : this.#valueAt(this.#head);
  }

  #enter(index: number): void {
    const value = this.#values[index] ?? Number.NaN;
    if (Number.isNaN(value)) return;
    const rank = value * this.#sign;
    while (this.#head < this.#tail && this.#valueAt(this.#tail - 1) * this.#sign <= rank) {
      this.#tail -= 1;
    }
    this.#indexes[this.#tail] = index;
    this.#tail += 1;
  }

  #valueAt(position: number): number {
    return this.#values[this.#indexes[position] ?? 0] ?? Number.NaN;
  }
}
