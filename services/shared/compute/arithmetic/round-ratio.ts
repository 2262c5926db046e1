/**
 * Roundings of exact values to the nearest double (ties to even): the only roundings of an aggregate, each once, at its end.
 */

/** Gives the double nearest to numerator / denominator x 2^exponent; infinite beyond the range. The denominator is positive. */
export function roundRatio(numerator: bigint, denominator: bigint, exponent = 0): number {
  if (numerator === 0n) return 0;
  if (exponent === 0 && isExact(numerator) && denominator <= safeMax) {
    return Number(numerator) / Number(denominator);
  }
  const magnitude = numerator < 0n ? -numerator : numerator;
  const shift = quotientBits + bitLength(denominator) - bitLength(magnitude);
  const left = shift > 0 ? magnitude << BigInt(shift) : magnitude;
  const right = shift < 0 ? denominator << BigInt(-shift) : denominator;
  const quotient = left / right;
  const isInexact = quotient * right !== left;
  const rounded = roundScaled(quotient, exponent - shift, isInexact);
  // + 0: what rounds to zero is zero, and not a negative one.
  return (numerator < 0n ? -rounded : rounded) + 0;
}

/** Gives the double nearest to the square root of numerator / denominator x 2^exponent; neither may be negative. */
export function roundRootRatio(numerator: bigint, denominator: bigint, exponent = 0): number {
  if (numerator === 0n) return 0;
  // Twice the bits, since a root has half of them; and an even exponent, which halves too.
  const wanted = 2 * quotientBits + bitLength(denominator) - bitLength(numerator);
  const shift = (exponent - wanted) % 2 === 0 ? wanted : wanted + 1;
  const left = shift > 0 ? numerator << BigInt(shift) : numerator;
  const right = shift < 0 ? denominator << BigInt(-shift) : denominator;
  const square = left / right;
  const root = integerRoot(square);
  const isInexact = square * right !== left || root * root !== square;
  return roundScaled(root, (exponent - shift) / 2, isInexact);
}

/**
 * Gives the double nearest to sqrt(numerator / denominator), as {@link roundRootRatio} does and a hundred times as fast; both are whole numbers of 1 to
 * 2^53. Undefined where the value lies so near the middle of two doubles that doubles can't tell.
 * @source the residual of a square root in exact products: Markstein, "Computation of elementary functions on the IBM RISC System/6000" (1990), with
 * Dekker's products for the fused multiply-add that JavaScript lacks
 */
export function rootOfSmallRatio(numerator: number, denominator: number): number | undefined {
  const root = Math.sqrt(numerator / denominator);
  const square = root * root;
  const scaled = denominator * square;
  // numerator - denominator x root^2, all but exactly: the first difference is exact, since both sides are near each other.
  const residual =
    numerator -
    scaled -
    productError(denominator, square, scaled) -
    denominator * productError(root, root, square);
  const offset = residual / (2 * denominator * root);
  const step = lastPlaceOf(root);
  const steps = offset / step;
  // What is rounded here is far below 2^-30 of a step.
  const near = Math.round(steps);
  if (Math.abs(Math.abs(steps - near) - 0.5) < 2 ** -30) return undefined;
  return root + near * step;
}

/** Gives left x right - rounded, exactly, where nothing leaves the range. @source Dekker, "A floating-point technique for extending the available precision" (1971), Mul12 */
export function productError(left: number, right: number, rounded: number): number {
  const leftScaled = splitFactor * left;
  const leftHigh = leftScaled - (leftScaled - left);
  const leftLow = left - leftHigh;
  const rightScaled = splitFactor * right;
  const rightHigh = rightScaled - (rightScaled - right);
  const rightLow = right - rightHigh;
  return (
    leftLow * rightLow -
    (rounded - leftHigh * rightHigh - leftLow * rightHigh - leftHigh * rightLow)
  );
}

/** Splits a double into two halves of 26 bits. @source Veltkamp; Dekker (1971) */
const splitFactor = 2 ** 27 + 1;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** Gives the distance of a positive normal double to the next one. */
function lastPlaceOf(value: number): number {
  double[0] = value;
  words[0] = 0;
  words[1] = ((words[1] ?? 0) & 0x7ff00000) - (52 << 20);
  return double[0] ?? 0;
}

/** Gives 2^exponent, exactly; 0 or infinite beyond the range of doubles. */
export function powerOfTwo(exponent: number): number {
  if (exponent < -1_074) return 0;
  if (exponent > 1_023) return Number.POSITIVE_INFINITY;
  const bits = exponent < -1_022 ? 1n << BigInt(exponent + 1_074) : BigInt(exponent + 1_023) << 52n;
  return new Float64Array(new BigUint64Array([bits]).buffer)[0] ?? Number.NaN;
}

const safeMax = BigInt(Number.MAX_SAFE_INTEGER);

/** More than the 53 of a double, so that what is cut off only has to be known to be something. */
const quotientBits = 66;

function isExact(value: bigint): boolean {
  return value <= safeMax && value >= -safeMax;
}

/** Rounds a positive value x 2^exponent of which `isInexact` says that a little more belongs to it. */
function roundScaled(value: bigint, exponent: number, isInexact: boolean): number {
  // A subnormal has fewer bits: none below 2^-1074.
  const drop = Math.max(bitLength(value) - 53, -1_074 - exponent);
  if (drop <= 0) return Number(value) * powerOfTwo(exponent);
  const dropped = BigInt(drop);
  const kept = value >> dropped;
  const rest = value - (kept << dropped);
  const half = 1n << (dropped - 1n);
  const isUp = rest > half || (rest === half && (isInexact || (kept & 1n) === 1n));
  return Number(isUp ? kept + 1n : kept) * powerOfTwo(exponent + drop);
}

/** @source Newton's iteration for the integer square root, from the root of the nearest double */
function integerRoot(value: bigint): bigint {
  // The numbers here have about 132 bits: a double can hold them, and its root is right in 52 of 66 bits.
  let root = BigInt(Math.floor(Math.sqrt(Number(value))));
  for (let round = 0; round < 2; round += 1) root = (root + value / root) >> 1n;
  while (root * root > value) root -= 1n;
  while ((root + 1n) * (root + 1n) <= value) root += 1n;
  return root;
}

function bitLength(value: bigint): number {
  const digits = value.toString(16);
  return (digits.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(digits.charAt(0), 16)));
}
