/**
 * Least or greatest value of a window that only moves forward, over values of which NaN doesn't count.
 * @source Lemire, "Streaming maximum-minimum filter using no more than three comparisons per element" (2006): the
 * monotonic wedge. O(1) amortised for each step.
 */
export class ExtremeQueue {
  readonly #values: Float64Array;
  readonly #isMax: boolean;
  /** Values that can still become the extreme, and their indexes, ascending, in [#head, #tail). */
  readonly #candidates: Float64Array;
  readonly #indexes: Uint32Array;
  #head = 0;
  #tail = 0;
  #end = 0;

  constructor(values: Float64Array, operator: 'min' | 'max') {
    this.#values = values;
    this.#isMax = operator === 'max';
    this.#candidates = new Float64Array(values.length);
    this.#indexes = new Uint32Array(values.length);
  }

  /** Moves to the values at index [begin, end), neither of which may go back; gives NaN when none of them counts. */
  moveTo(begin: number, end: number): number {
    if (end > this.#end) {
      // What came before the begin leaves at once: it need not enter.
      const from = Math.max(this.#end, begin);
      if (this.#isMax) this.#enterGreatest(from, end);
      else this.#enterLeast(from, end);
      this.#end = end;
    }
    const indexes = this.#indexes;
    const tail = this.#tail;
    let head = this.#head;
    while (head < tail && (indexes[head] ?? 0) < begin) head += 1;
    this.#head = head;
    return head === tail ? Number.NaN : (this.#candidates[head] ?? Number.NaN);
  }

  #enterGreatest(from: number, end: number): void {
    const values = this.#values;
    const candidates = this.#candidates;
    const head = this.#head;
    let tail = this.#tail;
    for (let index = from; index < end; index += 1) {
      const value = values[index] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      while (tail > head && (candidates[tail - 1] ?? value) <= value) tail -= 1;
      candidates[tail] = value;
      this.#indexes[tail] = index;
      tail += 1;
    }
    this.#tail = tail;
  }

  #enterLeast(from: number, end: number): void {
    const values = this.#values;
    const candidates = this.#candidates;
    const head = this.#head;
    let tail = this.#tail;
    for (let index = from; index < end; index += 1) {
      const value = values[index] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      while (tail > head && (candidates[tail - 1] ?? value) >= value) tail -= 1;
      candidates[tail] = value;
      this.#indexes[tail] = index;
      tail += 1;
    }
    this.#tail = tail;
  }
}
