import type { Dyadic } from '../arithmetic/dyadic.ts';
import { partsOf } from '../arithmetic/float-parts.ts';
import { productError } from '../arithmetic/round-ratio.ts';
import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';

const limbBits = 32;
const limbSize = 2 ** limbBits;

/** Additions before carries have to be spread: each adds less than 2^33 to a limb, which is exact below 2^53. */
const additionsMax = 2 ** 19;

/** Magnitudes of which a product and its error are exact doubles. */
const productMagnitudeMin = 2 ** -430;
const productMagnitudeMax = 2 ** 430;

/**
 * The sum of any finite doubles, or of products of up to `degree` of them, exact: fixed point over the whole range. A commutative
 * group, so that neither order nor grouping matter and what was added can be removed.
 * @source Neal, "Fast exact summation using small and large superaccumulators" (arXiv 1505.05571), the small one, with limbs of
 * 32 bits in doubles
 */
export class FloatSum {
  readonly degree: number;
  /** Value: the sum of limb x 2^(32 x index + lowest). */
  readonly #limbs: Float64Array;
  readonly #lowest: number;
  /** Limbs [from, until) may differ from 0. */
  #from: number;
  #until = 0;
  #additions = 0;

  constructor(degree: number) {
    this.degree = degree;
    this.#lowest = -1_074 * degree;
    // The range of the products, and 64 bits for as many additions as there may be.
    this.#limbs = new Float64Array(Math.ceil((degree * 2_098 + 64) / limbBits) + 3);
    this.#from = this.#limbs.length;
  }

  /** Adds a finite double. */
  add(value: number): void {
    if (value === 0) return;
    double[0] = value;
    const high = words[1] ?? 0;
    const low = words[0] ?? 0;
    const field = (high >>> 20) & 0x7ff;
    const top = field === 0 ? high & 0xfffff : (high & 0xfffff) | 0x100000;
    const position = (field === 0 ? 1 : field) - 1_075 - this.#lowest;
    const limb = position >>> 5;
    const shift = position & 31;
    const first = (low << shift) >>> 0;
    const second = ((top << shift) >>> 0) + (shift === 0 ? 0 : low >>> (limbBits - shift));
    const third = shift === 0 ? 0 : top >>> (limbBits - shift);
    this.#touch(limb, limb + 3);
    const limbs = this.#limbs;
    if (high >>> 31 === 0) {
      limbs[limb] = (limbs[limb] ?? 0) + first;
      limbs[limb + 1] = (limbs[limb + 1] ?? 0) + second;
      limbs[limb + 2] = (limbs[limb + 2] ?? 0) + third;
    } else {
      limbs[limb] = (limbs[limb] ?? 0) - first;
      limbs[limb + 1] = (limbs[limb + 1] ?? 0) - second;
      limbs[limb + 2] = (limbs[limb + 2] ?? 0) - third;
    }
  }

  /** Adds `sign` times the product of two finite doubles; the degree has to be at least 2. */
  addProduct(left: number, right: number, sign: 1 | -1): void {
    if (left === 0 || right === 0) return;
    if (!isModerate(left) || !isModerate(right)) {
      this.addPower([left, right], sign);
      return;
    }
    const rounded = left * right;
    this.add(sign * rounded);
    this.add(sign * productError(left, right, rounded));
  }

  /** Adds `sign` times the product of up to `degree` finite doubles. */
  addPower(factors: readonly number[], sign: 1 | -1): void {
    let mantissa = BigInt(sign);
    let exponent = 0;
    for (const factor of factors) {
      const parts = partsOf(factor);
      mantissa *= parts.mantissa;
      exponent += parts.exponent;
    }
    this.#addScaled(mantissa, exponent);
  }

  /** Adds all that another sum of the same degree holds, or takes it back where `sign` is -1. */
  merge(other: FloatSum, sign: 1 | -1 = 1): void {
    if (other.#from >= other.#until) return;
    other.#spreadCarries();
    this.#touch(other.#from, other.#until);
    for (let index = other.#from; index < other.#until; index += 1) {
      this.#limbs[index] = (this.#limbs[index] ?? 0) + sign * (other.#limbs[index] ?? 0);
    }
  }

  /** Gives the sum, exactly. */
  toDyadic(): Dyadic {
    this.#spreadCarries();
    let mantissa = 0n;
    for (let index = this.#until - 1; index >= this.#from; index -= 1) {
      mantissa = (mantissa << 32n) + BigInt(this.#limbs[index] ?? 0);
    }
    return mantissa === 0n
      ? { mantissa, exponent: 0 }
      : { mantissa, exponent: this.#from * limbBits + this.#lowest };
  }

  /** Equal sums write equal bytes: an odd mantissa and its exponent. */
  encode(into: ByteWriter): void {
    let { mantissa, exponent } = this.toDyadic();
    while (mantissa !== 0n && (mantissa & 0xffffn) === 0n) {
      mantissa >>= 16n;
      exponent += 16;
    }
    while (mantissa !== 0n && (mantissa & 1n) === 0n) {
      mantissa >>= 1n;
      exponent += 1;
    }
    into.signed(exponent);
    into.big(mantissa);
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the bytes end too early. */
  static decode(from: ByteReader, degree: number): FloatSum {
    const sum = new FloatSum(degree);
    const exponent = from.signed();
    sum.#addScaled(from.big(), exponent);
    return sum;
  }

  #addScaled(mantissa: bigint, exponent: number): void {
    if (mantissa === 0n) return;
    const sign = mantissa < 0n ? -1 : 1;
    const position = exponent - this.#lowest;
    const first = Math.floor(position / limbBits);
    let rest = (mantissa < 0n ? -mantissa : mantissa) << BigInt(position - first * limbBits);
    this.#touch(first, first + Math.ceil(rest.toString(16).length / 8));
    for (let limb = first; rest > 0n; limb += 1) {
      this.#limbs[limb] = (this.#limbs[limb] ?? 0) + sign * Number(rest & 0xffffffffn);
      rest >>= 32n;
    }
  }

  #touch(from: number, until: number): void {
    if (this.#additions >= additionsMax) this.#spreadCarries();
    this.#additions += 1;
    if (from < this.#from) this.#from = from;
    if (until > this.#until) this.#until = until;
  }

  /** Brings all limbs but the last into [0, 2^32), and the last, which has the sign, within ±2^32. */
  #spreadCarries(): void {
    this.#additions = 1;
    const limbs = this.#limbs;
    for (let index = this.#from; index < this.#until; index += 1) {
      const limb = limbs[index] ?? 0;
      const isLast = index === this.#until - 1;
      const carry = isLast ? Math.trunc(limb / limbSize) : Math.floor(limb / limbSize);
      if (carry === 0) continue;
      limbs[index] = limb - carry * limbSize;
      limbs[index + 1] = (limbs[index + 1] ?? 0) + carry;
      if (isLast) this.#until += 1;
    }
  }
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

function isModerate(value: number): boolean {
  const magnitude = Math.abs(value);
  return magnitude > productMagnitudeMin && magnitude < productMagnitudeMax;
}
