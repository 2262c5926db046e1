import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { ExactSum } from './exact-sum.ts';

/**
 * Count, sum and sum of squares of whole numbers, exact: what count, sum, mean, rate, variance and standard deviation are
 * made from. A commutative group.
 */
export class Moments {
  count = 0;
  readonly sum = new ExactSum();
  readonly squares = new ExactSum();

  add(value: number): void {
    this.count += 1;
    this.sum.add(value);
    this.squares.addSquare(value);
  }

  remove(value: number): void {
    this.count -= 1;
    this.sum.remove(value);
    this.squares.removeSquare(value);
  }

  merge(other: Moments): void {
    this.count += other.count;
    this.sum.merge(other.sum);
    this.squares.merge(other.squares);
  }

  subtract(other: Moments): void {
    this.count -= other.count;
    this.sum.subtract(other.sum);
    this.squares.subtract(other.squares);
  }

  /** Equal moments write equal bytes. */
  encode(into: ByteWriter): void {
    into.unsigned(this.count);
    this.sum.encode(into);
    this.squares.encode(into);
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the bytes end too early. */
  static decode(from: ByteReader): Moments {
    const moments = new Moments();
    moments.count = from.unsigned();
    moments.sum.merge(ExactSum.decode(from));
    moments.squares.merge(ExactSum.decode(from));
    return moments;
  }
}
