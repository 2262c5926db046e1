/** Entities that one array may tell apart: 16 Mi numbers, 64 MiB. */
const denseMax = 16_777_216;

/** Rows that are looked up at once: what is known of them meanwhile stays in the processor's cache. */
const blockRows = 4_096;

/** Rows of the entities that have a number. */
export interface NumberedRows {
  /** Ascending. */
  readonly rows: Uint32Array;
  /** Number of each row's entity. */
  readonly numbers: Uint32Array;
}

/** Numbers entities 0, 1, ... in the order in which they come, by the codes of their key columns. */
export class GroupNumbers {
  readonly #sizes: readonly number[];
  /** Number plus one by the composite of all codes, where there are few composites; else maps, one for each column. */
  readonly #dense: Int32Array | undefined;
  /** Numbers by composite where a code stands for any other text: not among the dense ones, where events would find them. */
  readonly #others = new Map<number, number>();
  readonly #maps: readonly Map<number, number>[];
  #size = 0;

  /** `keySizes` says how many codes each key column has; a code beyond stands for any other text. */
  constructor(keySizes: readonly number[]) {
    this.#sizes = keySizes.map((size) => size + 1);
    const composites = this.#sizes.reduce((product, size) => product * size, 1);
    this.#dense = composites <= denseMax ? new Int32Array(composites) : undefined;
    this.#maps = keySizes.map(() => new Map<number, number>());
  }

  /** How many entities have a number. */
  get size(): number {
    return this.#size;
  }

  /** Gives the number of the entity of a row, a new one if need be. */
  add(keys: readonly Uint32Array[], row: number): number {
    const dense = this.#dense;
    return dense === undefined ? this.#addToMaps(keys, row) : this.#addDense(dense, keys, row);
  }

  /**
   * Gives those of `rows` rows whose entities have a number. A row has none where one of its codes stands for any other
   * text. `rowsHint`: about how many that will be.
   */
  find(keys: readonly Uint32Array[], rows: number, rowsHint: number): NumberedRows {
    const found = new GrowingRows(rowsHint);
    const composites = new Uint32Array(blockRows);
    for (let from = 0; from < rows; from += blockRows) {
      const until = Math.min(rows, from + blockRows);
      const block = keys.map((codes) => codes.subarray(from, until));
      if (this.#dense === undefined) {
        for (let row = 0; row < until - from; row += 1) {
          const number = this.#findOne(block, row);
          if (number >= 0) found.add(from + row, number);
        }
      } else found.addDense(this.#composites(block, composites), from, this.#dense);
    }
    return found.finish();
  }

  /** Gives the composite of all codes of each row of a block; one that no entity has where a code stands for any other text. */
  #composites(block: readonly Uint32Array[], into: Uint32Array): Uint32Array {
    const [first = into, ...others] = block;
    if (others.length === 0) return first;
    const composites = into.subarray(0, first.length);
    composites.set(first);
    others.forEach((codes, index) => {
      appendCodes(composites, codes, this.#sizes[index + 1] ?? 1);
    });
    return composites;
  }

  #findOne(keys: readonly Uint32Array[], row: number): number {
    if (this.#isOther(keys, row)) return -1;
    let number = 0;
    for (let part = 0; part < keys.length; part += 1) {
      const found = this.#maps[part]?.get(this.#idOf(number, keys, { part, row }));
      if (found === undefined) return -1;
      number = found;
    }
    return number;
  }

  #addDense(dense: Int32Array, keys: readonly Uint32Array[], row: number): number {
    const composite = this.#compositeOf(keys, row);
    const known = dense[composite] ?? 0;
    if (known > 0) return known - 1;
    const other = this.#others.get(composite);
    if (other !== undefined) return other;
    const number = this.#size;
    this.#size += 1;
    if (this.#isOther(keys, row)) this.#others.set(composite, number);
    else dense[composite] = number + 1;
    return number;
  }

  #isOther(keys: readonly Uint32Array[], row: number): boolean {
    return keys.some((codes, part) => (codes[row] ?? 0) + 1 >= (this.#sizes[part] ?? 1));
  }

  #addToMaps(keys: readonly Uint32Array[], row: number): number {
    let number = 0;
    for (let part = 0; part < keys.length; part += 1) {
      const map = this.#maps[part];
      const id = this.#idOf(number, keys, { part, row });
      number = map?.get(id) ?? map?.size ?? 0;
      map?.set(id, number);
    }
    this.#size = this.#maps.at(-1)?.size ?? 0;
    return number;
  }

  #compositeOf(keys: readonly Uint32Array[], row: number): number {
    let composite = 0;
    for (let part = 0; part < keys.length; part += 1) {
      composite = this.#idOf(composite, keys, { part, row });
    }
    return composite;
  }

  /** Exact below 2^53: 94 million entities with as many texts in their next column. */
  #idOf(
    prefix: number,
    keys: readonly Uint32Array[],
    { part, row }: { readonly part: number; readonly row: number },
  ): number {
    const size = this.#sizes[part] ?? 1;
    return prefix * size + Math.min(keys[part]?.[row] ?? 0, size - 1);
  }
}

/** The composite of no entity: beyond all that one array tells apart. */
const noComposite = 0xffff_ffff;

function appendCodes(composites: Uint32Array, codes: Uint32Array, size: number): void {
  for (let row = 0; row < codes.length; row += 1) {
    const code = codes[row] ?? 0;
    const prefix = composites[row] ?? 0;
    const isKnown = prefix !== noComposite && code < size - 1;
    composites[row] = isKnown ? prefix * size + code : noComposite;
  }
}

/** Gathers the rows that have a number. */
class GrowingRows {
  #rows: Uint32Array;
  #numbers: Uint32Array;
  #count = 0;

  constructor(rowsHint: number) {
    // A block asks for room for all of its rows.
    this.#rows = new Uint32Array(rowsHint + blockRows);
    this.#numbers = new Uint32Array(rowsHint + blockRows);
  }

  add(row: number, number: number): void {
    this.#reserve(1);
    this.#rows[this.#count] = row;
    this.#numbers[this.#count] = number;
    this.#count += 1;
  }

  /** Adds those rows of a block that begins at row `from` that have a number; `dense` holds numbers plus one. */
  addDense(composites: Uint32Array, from: number, dense: Int32Array): void {
    this.#reserve(composites.length);
    const rows = this.#rows;
    const numbers = this.#numbers;
    let at = this.#count;
    for (let row = 0; row < composites.length; row += 1) {
      const number = (dense[composites[row] ?? noComposite] ?? 0) - 1;
      rows[at] = from + row;
      numbers[at] = number;
      // 1 where it isn't negative: a branch would be guessed wrong for most of the rows that have a number.
      at += (number >>> 31) ^ 1;
    }
    this.#count = at;
  }

  finish(): NumberedRows {
    return {
      rows: this.#rows.subarray(0, this.#count),
      numbers: this.#numbers.subarray(0, this.#count),
    };
  }

  #reserve(more: number): void {
    const least = this.#count + more;
    if (least <= this.#rows.length) return;
    const capacity = Math.max(least, 2 * this.#rows.length);
    this.#rows = grown(this.#rows, capacity);
    this.#numbers = grown(this.#numbers, capacity);
  }
}

function grown(column: Uint32Array, capacity: number): Uint32Array {
  const larger = new Uint32Array(capacity);
  larger.set(column);
  return larger;
}
