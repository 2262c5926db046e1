import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { Contribution, GroupAccumulator } from './accumulator.ts';

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/**
 * Counts of doubles in buckets whose width grows with the value, for quantiles of a stated relative error (below 2^-1022: of that absolute error). The bucket is read off the bits
 * of the double (exponent and the first mantissa bits), so no logarithm is rounded. A commutative group of whole numbers.
 * @source Masson, Rim, Lee, "DDSketch" (VLDB 2019), with the log-linear index of its section 2.2's fast variants
 */
export class QuantileBuckets implements GroupAccumulator {
  readonly #mantissaBits: number;
  readonly #counts = new Map<number, number>();
  #total = 0;

  /** `mantissaBits`: 1 to 20; see {@link mantissaBitsOf}. */
  constructor(mantissaBits: number) {
    this.#mantissaBits = mantissaBits;
  }

  add({ x }: Contribution): void {
    this.#change(quantileBucket(x, this.#mantissaBits), 1);
  }

  remove({ x }: Contribution): void {
    this.#change(quantileBucket(x, this.#mantissaBits), -1);
  }

  merge(other: QuantileBuckets): void {
    for (const [bucket, count] of other.#counts) this.#change(bucket, count);
  }

  /** Gives the middle of the bucket that holds the value at rank floor(share x (n - 1)); NaN for none. Share: 0 to 1. */
  quantile(share: number): number {
    if (this.#total === 0) return Number.NaN;
    let rank = Math.floor(share * (this.#total - 1));
    for (const bucket of [...this.#counts.keys()].sort((left, right) => left - right)) {
      const count = this.#counts.get(bucket) ?? 0;
      if (rank < count) return bucketMiddle(bucket, this.#mantissaBits);
      rank -= count;
    }
    return Number.NaN;
  }

  encode(into: ByteWriter): void {
    into.unsigned(this.#counts.size);
    for (const bucket of [...this.#counts.keys()].sort((left, right) => left - right)) {
      into.signed(bucket);
      into.unsigned(this.#counts.get(bucket) ?? 0);
    }
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the bytes end too early. */
  static decode(from: ByteReader, mantissaBits: number): QuantileBuckets {
    const decoded = new QuantileBuckets(mantissaBits);
    const size = from.unsigned();
    for (let index = 0; index < size; index += 1) {
      const bucket = from.signed();
      decoded.#change(bucket, from.unsigned());
    }
    return decoded;
  }

  #change(bucket: number, by: number): void {
    const after = (this.#counts.get(bucket) ?? 0) + by;
    this.#total += by;
    if (after === 0) this.#counts.delete(bucket);
    else this.#counts.set(bucket, after);
  }
}

/** Gives the fewest mantissa bits whose buckets' middles are within a relative error of their values. Error: 1e-6 to 0.25. */
export function mantissaBitsOf(relativeError: number): number {
  let bits = 1;
  // A bucket is 2^-bits of its lower edge wide at most; its middle is half of that away.
  while (2 ** -(bits + 1) > relativeError && bits < 20) bits += 1;
  return bits;
}

/** Gives the bucket of a double: 0 for zero, otherwise 1 + exponent and first mantissa bits, with the sign of the value. */
export function quantileBucket(x: number, mantissaBits: number): number {
  if (x === 0) return 0;
  double[0] = Math.abs(x);
  const bucket = 1 + ((words[1] ?? 0) >>> (20 - mantissaBits));
  return x < 0 ? -bucket : bucket;
}

/** Gives the value that stands for a bucket: the middle between its edges. */
export function bucketMiddle(bucket: number, mantissaBits: number): number {
  if (bucket === 0) return 0;
  const first = Math.abs(bucket) - 1;
  const lower = edgeOf(first, mantissaBits);
  const middle = lower + (edgeOf(first + 1, mantissaBits) - lower) / 2;
  // The last bucket of all ends at infinity.
  const found = Number.isFinite(middle) ? middle : lower;
  return bucket < 0 ? -found : found;
}

function edgeOf(index: number, mantissaBits: number): number {
  words[0] = 0;
  words[1] = index << (20 - mantissaBits);
  return double[0] ?? 0;
}
