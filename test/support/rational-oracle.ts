/**
 * The oracle of features: values by the letter of their definition, in rationals of BigInt, rounded to the nearest double by looking at the neighbours. It shares
 * no code with what it checks.
 */

/** A fraction; the denominator is positive. */
export interface Rational {
  readonly top: bigint;
  readonly bottom: bigint;
}

/** Gives a finite double as a fraction, exactly: its hexadecimal digits are read. */
export function rationalOf(value: number): Rational {
  const bits = new BigUint64Array(new Float64Array([Math.abs(value)]).buffer)[0] ?? 0n;
  const field = bits >> 52n;
  const mantissa = (bits & 0xfffffffffffffn) + (field === 0n ? 0n : 1n << 52n);
  const exponent = (field === 0n ? 1n : field) - 1_075n;
  const top = exponent > 0n ? mantissa << exponent : mantissa;
  return { top: value < 0 ? -top : top, bottom: exponent < 0n ? 1n << -exponent : 1n };
}

/** Gives left + right. */
export function plus(left: Rational, right: Rational): Rational {
  if (left.bottom === right.bottom) return { top: left.top + right.top, bottom: left.bottom };
  return {
    top: left.top * right.bottom + right.top * left.bottom,
    bottom: left.bottom * right.bottom,
  };
}

/** Gives left x right. */
export function times(left: Rational, right: Rational): Rational {
  return { top: left.top * right.top, bottom: left.bottom * right.bottom };
}

/** Gives left / right, which isn't 0. */
export function over(left: Rational, right: Rational): Rational {
  const sign = right.top < 0n ? -1n : 1n;
  return { top: sign * left.top * right.bottom, bottom: sign * left.bottom * right.top };
}

/** Gives the fraction of a whole number. */
export function whole(value: number | bigint): Rational {
  return { top: BigInt(value), bottom: 1n };
}

/** Gives the sum of some fractions. */
export function total(values: readonly Rational[]): Rational {
  // One denominator for all: those of doubles are powers of two, the greatest of which all others divide.
  let bottom = 1n;
  for (const value of values) if (value.bottom > bottom) bottom = value.bottom;
  return {
    top: values.reduce((sum, value) => sum + (value.top * bottom) / value.bottom, 0n),
    bottom,
  };
}

/** Gives the double nearest to a fraction, ties to even; NaN beyond the range. */
export function nearest(value: Rational): number {
  if (value.top < 0n) return -nearest({ top: -value.top, bottom: value.bottom });
  return search(quotientOf(value), (candidate) => compare(candidate, value));
}

/** Gives the double nearest to the square root of a fraction that isn't negative. */
export function nearestRoot(value: Rational): number {
  return search(Math.sqrt(quotientOf(value)), (candidate) =>
    compare(times(candidate, candidate), value),
  );
}

const greatestBits = 0x7fefffffffffffffn;

/**
 * Finds the double nearest to a value of 0 or more by bisection over the bits of doubles, which are in the order of doubles. `sideOf` says where a fraction
 * lies: below 0 when it is less than the value. A guess that is near saves steps, and is not relied on.
 */
function search(guess: number, sideOf: (candidate: Rational) => number): number {
  const sideOfBits = (bits: bigint): number => sideOf(rationalOf(doubleOf(bits)));
  let [low, high] = bracket(guess, sideOfBits);
  if (high === greatestBits && sideOfBits(high) < 0) return Number.NaN;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (sideOfBits(middle) <= 0) low = middle;
    else high = middle;
  }
  if (sideOfBits(low) === 0) return doubleOf(low);
  if (sideOfBits(high) === 0) return doubleOf(high);
  const ends = plus(rationalOf(doubleOf(low)), rationalOf(doubleOf(high)));
  const side = sideOf(over(ends, whole(2)));
  if (side === 0) return doubleOf((low & 1n) === 0n ? low : high);
  return doubleOf(side < 0 ? high : low);
}

/** Gives two doubles' bits with the value between them, near each other when the guess is good. */
function bracket(guess: number, sideOfBits: (bits: bigint) => number): [bigint, bigint] {
  const all: [bigint, bigint] = [0n, greatestBits];
  if (!Number.isFinite(guess)) return all;
  const near = bitsOf(guess);
  const low = near - 2n;
  const high = near + 2n;
  const holds = low > 0n && high < greatestBits && sideOfBits(low) <= 0 && sideOfBits(high) > 0;
  return holds ? [low, high] : all;
}

/** Gives about a / b. */
function quotientOf({ top, bottom }: Rational): number {
  const topShift = Math.max(0, top.toString(16).length * 4 - 64);
  const bottomShift = Math.max(0, bottom.toString(16).length * 4 - 64);
  const ratio = Number(top >> BigInt(topShift)) / Number(bottom >> BigInt(bottomShift));
  return ratio * 2 ** (topShift - bottomShift);
}

function compare(left: Rational, right: Rational): number {
  const difference = left.top * right.bottom - right.top * left.bottom;
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

function bitsOf(value: number): bigint {
  return new BigUint64Array(new Float64Array([value]).buffer)[0] ?? 0n;
}

function doubleOf(bits: bigint): number {
  return new Float64Array(new BigUint64Array([bits]).buffer)[0] ?? Number.NaN;
}
