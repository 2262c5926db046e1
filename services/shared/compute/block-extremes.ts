/** Rows of one block: few enough to look at one by one, many enough to skip a chunk of 512 in a few steps. */
const blockRows = 16;

/** Values of some rows with the least and greatest of each block of them, so that a range needs a look at few. */
export class BlockExtremes {
  /** Over all rows; positive infinity when there is none. */
  min = Number.POSITIVE_INFINITY;
  /** Over all rows; negative infinity when there is none. */
  max = Number.NEGATIVE_INFINITY;
  /** Value of each row; NaN where it has none. */
  #values = new Float64Array(0);
  #mins = new Float64Array(0);
  #maxs = new Float64Array(0);

  /** Makes room for so many rows. */
  reserve(rows: number): void {
    if (rows <= this.#values.length) return;
    const blocks = Math.ceil(rows / blockRows);
    this.#values = grown(this.#values, blocks * blockRows, Number.NaN);
    this.#mins = grown(this.#mins, blocks, Number.POSITIVE_INFINITY);
    this.#maxs = grown(this.#maxs, blocks, Number.NEGATIVE_INFINITY);
  }

  /** Sets the value of a row that had none; there has to be room. */
  add(row: number, value: number): void {
    const block = Math.floor(row / blockRows);
    this.#values[row] = value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (value < (this.#mins[block] ?? 0)) this.#mins[block] = value;
    if (value > (this.#maxs[block] ?? 0)) this.#maxs[block] = value;
  }

  /** Value of a row; NaN where it has none. */
  valueAt(row: number): number {
    return this.#values[row] ?? Number.NaN;
  }

  /** Gives the least of rows [from, until); positive infinity when there is none. O(rows / 16). */
  minOf(from: number, until: number): number {
    const firstBlock = Math.ceil(from / blockRows);
    const endBlock = Math.floor(until / blockRows);
    if (firstBlock >= endBlock) return leastIn(this.#values, from, until);
    return Math.min(
      leastIn(this.#values, from, firstBlock * blockRows),
      leastIn(this.#mins, firstBlock, endBlock),
      leastIn(this.#values, endBlock * blockRows, until),
    );
  }

  /** Gives the greatest of rows [from, until); negative infinity when there is none. O(rows / 16). */
  maxOf(from: number, until: number): number {
    const firstBlock = Math.ceil(from / blockRows);
    const endBlock = Math.floor(until / blockRows);
    if (firstBlock >= endBlock) return greatestIn(this.#values, from, until);
    return Math.max(
      greatestIn(this.#values, from, firstBlock * blockRows),
      greatestIn(this.#maxs, firstBlock, endBlock),
      greatestIn(this.#values, endBlock * blockRows, until),
    );
  }
}

function leastIn(values: Float64Array, from: number, until: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let index = from; index < until; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (value < least) least = value;
  }
  return least;
}

function greatestIn(values: Float64Array, from: number, until: number): number {
  let greatest = Number.NEGATIVE_INFINITY;
  for (let index = from; index < until; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (value > greatest) greatest = value;
  }
  return greatest;
}

function grown(values: Float64Array, length: number, filler: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(length).fill(filler);
  longer.set(values);
  return longer;
}
