import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';

/** Least and greatest of some numbers. A commutative, idempotent monoid: nothing can be taken back. */
export class Extremes {
  /** Positive infinity when there is no number. */
  min = Number.POSITIVE_INFINITY;
  /** Negative infinity when there is no number. */
  max = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  merge(other: Extremes): void {
    if (other.min < this.min) this.min = other.min;
    if (other.max > this.max) this.max = other.max;
  }

  /** Equal extremes write equal bytes. */
  encode(into: ByteWriter): void {
    into.float64(this.min);
    into.float64(this.max);
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the bytes end too early. */
  static decode(from: ByteReader): Extremes {
    const extremes = new Extremes();
    extremes.min = from.float64();
    extremes.max = from.float64();
    return extremes;
  }
}
