/** Entities that one array may tell apart: 16 Mi numbers, 64 MiB. */
const denseMax = 16_777_216;

/** Numbers entities 0, 1, ... in the order in which they come, by the codes of their key columns. */
export class GroupNumbers {
  readonly #sizes: readonly number[];
  /** Number plus one by the composite of all codes, where there are few composites; else maps, one for each column. */
  readonly #dense: Int32Array | undefined;
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
    return this.#dense === undefined ? this.#addToMaps(keys, row) : this.#addDense(keys, row);
  }

  /** Gives the number of the entity of a row; -1 when it has none, or one of its codes stands for any other text. */
  find(keys: readonly Uint32Array[], row: number): number {
    for (let part = 0; part < keys.length; part += 1) {
      if ((keys[part]?.[row] ?? 0) + 1 >= (this.#sizes[part] ?? 1)) return -1;
    }
    if (this.#dense !== undefined) return (this.#dense[this.#compositeOf(keys, row)] ?? 0) - 1;
    let number = 0;
    for (let part = 0; part < keys.length; part += 1) {
      const found = this.#maps[part]?.get(this.#idOf(number, keys, { part, row }));
      if (found === undefined) return -1;
      number = found;
    }
    return number;
  }

  #addDense(keys: readonly Uint32Array[], row: number): number {
    const composite = this.#compositeOf(keys, row);
    const known = this.#dense?.[composite] ?? 0;
    if (known > 0) return known - 1;
    this.#size += 1;
    this.#dense?.fill(this.#size, composite, composite + 1);
    return this.#size - 1;
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
