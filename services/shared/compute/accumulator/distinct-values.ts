import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { Contribution, GroupAccumulator } from './accumulator.ts';

/** How often each value, or pair of values, was there. A commutative group. O(different values) of memory. */
export class DistinctValues implements GroupAccumulator {
  /** By x, then by y (0 where there is none). */
  readonly #counts = new Map<number, Map<number, number>>();
  #size = 0;

  /** Different values. */
  get size(): number {
    return this.#size;
  }

  add({ x, y }: Contribution): void {
    this.#change(x, y, 1);
  }

  remove({ x, y }: Contribution): void {
    this.#change(x, y, -1);
  }

  merge(other: DistinctValues): void {
    for (const [x, counts] of other.#counts) {
      for (const [y, count] of counts) this.#change(x, y, count);
    }
  }

  encode(into: ByteWriter): void {
    into.unsigned(this.#size);
    for (const [x, counts] of sorted(this.#counts)) {
      for (const [y, count] of sorted(counts)) {
        into.float64(x);
        into.float64(y);
        into.unsigned(count);
      }
    }
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the bytes end too early. */
  static decode(from: ByteReader): DistinctValues {
    const decoded = new DistinctValues();
    const size = from.unsigned();
    for (let index = 0; index < size; index += 1) {
      const x = from.float64();
      const y = from.float64();
      decoded.#change(x, y, from.unsigned());
    }
    return decoded;
  }

  #change(x: number, y: number, by: number): void {
    const second = Number.isNaN(y) ? 0 : y;
    let counts = this.#counts.get(x);
    if (counts === undefined) {
      counts = new Map();
      this.#counts.set(x, counts);
    }
    const before = counts.get(second) ?? 0;
    const after = before + by;
    if (before === 0) this.#size += 1;
    if (after !== 0) {
      counts.set(second, after);
      return;
    }
    this.#size -= 1;
    counts.delete(second);
    if (counts.size === 0) this.#counts.delete(x);
  }
}

function sorted<T>(counts: ReadonlyMap<number, T>): readonly (readonly [number, T])[] {
  return [...counts].sort(([left], [right]) => left - right);
}
