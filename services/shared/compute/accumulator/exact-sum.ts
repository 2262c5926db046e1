import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';

/**
 * The sum of whole numbers, exact at any size: a Number while it is below 2^53, a BigInt beyond. A commutative group: the
 * order of additions doesn't matter, and what was added can be removed.
 */
export class ExactSum {
  /** The sum is #small + #big; #small stays within ±(2^53 - 1). */
  #small = 0;
  #big = 0n;

  /** Adds a whole number within ±(2^53 - 1). */
  add(value: number): void {
    const sum = this.#small + value;
    if (sum <= Number.MAX_SAFE_INTEGER && sum >= Number.MIN_SAFE_INTEGER) {
      this.#small = sum;
    } else {
      this.#big += BigInt(this.#small) + BigInt(value);
      this.#small = 0;
    }
  }

  /** Takes back a number that was added. */
  remove(value: number): void {
    this.add(-value);
  }

  /** Adds the square of a whole number within ±(2^53 - 1). */
  addSquare(value: number): void {
    if (Math.abs(value) <= squareRootMax) this.add(value * value);
    else this.#big += BigInt(value) ** 2n;
  }

  /** Takes back a square that was added. */
  removeSquare(value: number): void {
    if (Math.abs(value) <= squareRootMax) this.add(-(value * value));
    else this.#big -= BigInt(value) ** 2n;
  }

  /** Adds all that another sum holds. */
  merge(other: ExactSum): void {
    this.#big += other.#big;
    this.add(other.#small);
  }

  /** Takes back all that another sum holds. */
  subtract(other: ExactSum): void {
    this.#big -= other.#big;
    this.add(-other.#small);
  }

  toBigInt(): bigint {
    return this.#big + BigInt(this.#small);
  }

  /** Gives the sum, rounded to nearest (ties to even) when it is beyond 2^53. */
  toNumber(): number {
    // + 0 turns a negative zero into zero.
    return this.#big === 0n ? this.#small + 0 : Number(this.toBigInt());
  }

  /** Equal sums write equal bytes. */
  encode(into: ByteWriter): void {
    into.big(this.toBigInt());
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the bytes end too early. */
  static decode(from: ByteReader): ExactSum {
    const sum = new ExactSum();
    sum.#big = from.big();
    return sum;
  }
}

/** Largest whole number whose square is below 2^53. */
const squareRootMax = 94_906_265;
