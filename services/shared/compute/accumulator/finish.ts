import { combination, type Dyadic, product } from '../arithmetic/dyadic.ts';
import { rootOfSmallRatio, roundRatio, roundRootRatio } from '../arithmetic/round-ratio.ts';
import type { CrossSums } from './cross-sums.ts';
import type { PowerSums } from './power-sums.ts';

/**
 * The only roundings of an aggregate, each once, at the end: what these give is the double nearest to the exact value (ties to even).
 * NaN stands for a window that holds nothing to compute from, or whose value no double can hold. `unit`: the sums are of values times
 * this power of ten.
 */

/** Gives the sum; 0 for none. */
export function finishSum(sum: number | bigint, unit: number): number {
  return typeof sum === 'number' ? sum / unit : finite(roundRatio(sum, BigInt(unit)));
}

/** Gives sum / count; NaN for none. */
export function finishMean(count: number, sum: number | bigint, unit: number): number {
  if (count === 0) return Number.NaN;
  const divisor = count * unit;
  if (typeof sum === 'number' && divisor <= Number.MAX_SAFE_INTEGER) return sum / divisor;
  return finite(roundRatio(BigInt(sum), BigInt(count) * BigInt(unit)));
}

/** Gives the variance of a sample, (n Σx² - (Σx)²) / (n (n - 1)): never negative, nothing cancels. NaN for fewer than two. */
export function finishVariance(
  count: number,
  sum: number | bigint,
  { squares, unit }: { readonly squares: number | bigint; readonly unit: number },
): number {
  if (count < 2) return Number.NaN;
  const divisor = count * (count - 1) * unit * unit;
  const numerator = smallNumerator(count, sum, squares);
  if (numerator !== undefined && divisor <= Number.MAX_SAFE_INTEGER) return numerator / divisor;
  return finite(roundRatio(wholeNumerator(count, sum, squares), wholeDivisor(count, unit)));
}

/** Gives the root of the variance, itself rounded once. */
export function finishStddev(
  count: number,
  sum: number | bigint,
  { squares, unit }: { readonly squares: number | bigint; readonly unit: number },
): number {
  if (count < 2) return Number.NaN;
  const divisor = count * (count - 1) * unit * unit;
  const numerator = smallNumerator(count, sum, squares);
  if (numerator !== undefined && divisor <= Number.MAX_SAFE_INTEGER) {
    const root = numerator === 0 ? 0 : rootOfSmallRatio(numerator, divisor);
    if (root !== undefined) return root;
  }
  return finite(roundRootRatio(wholeNumerator(count, sum, squares), wholeDivisor(count, unit)));
}

/** Gives an aggregate of exact sums of doubles' powers. */
export function finishPowers(
  operator: 'sum' | 'mean' | 'variance' | 'stddev' | 'skew' | 'kurtosis',
  sums: PowerSums,
  unit: number,
): number {
  const { count } = sums;
  const powers = sums.sums.map((sum) => sum.toDyadic());
  const [first = zero, second = zero] = powers;
  switch (operator) {
    case 'sum':
      return rounded(first, BigInt(unit));
    case 'mean':
      return count === 0 ? Number.NaN : rounded(first, BigInt(count) * BigInt(unit));
    case 'variance':
      if (count < 2) return Number.NaN;
      return rounded(spread(count, first, second), wholeDivisor(count, unit));
    case 'stddev': {
      if (count < 2) return Number.NaN;
      const { mantissa, exponent } = spread(count, first, second);
      return finite(roundRootRatio(mantissa, wholeDivisor(count, unit), exponent));
    }
    case 'skew':
      return skewOf(count, powers);
    case 'kurtosis':
      return kurtosisOf(count, powers);
  }
}

/** Gives an aggregate of exact sums over pairs; `units` are those of x and y. */
export function finishCross(
  operator: 'covariance' | 'correlation',
  sums: CrossSums,
  units: readonly [number, number],
): number {
  const { count } = sums;
  if (count < 2) return Number.NaN;
  const n = BigInt(count);
  const x = sums.x.toDyadic();
  const y = sums.y.toDyadic();
  const together = combination([n, sums.xy.toDyadic()], [-1n, product(x, y)]);
  if (operator === 'covariance') {
    const [unitX, unitY] = units;
    return rounded(together, n * (n - 1n) * BigInt(unitX) * BigInt(unitY));
  }
  const spreads = product(
    spread(count, x, sums.xx.toDyadic()),
    spread(count, y, sums.yy.toDyadic()),
  );
  if (spreads.mantissa === 0n) return Number.NaN;
  return signedRoot(together, spreads);
}

const zero: Dyadic = { mantissa: 0n, exponent: 0 };

/** n Σx² - (Σx)², when doubles hold it and all that it is made from. */
function smallNumerator(
  count: number,
  sum: number | bigint,
  squares: number | bigint,
): number | undefined {
  if (typeof sum !== 'number' || typeof squares !== 'number') return undefined;
  const scaled = count * squares;
  const squared = sum * sum;
  const isSmall = scaled <= Number.MAX_SAFE_INTEGER && squared <= Number.MAX_SAFE_INTEGER;
  return isSmall ? scaled - squared : undefined;
}

function wholeNumerator(count: number, sum: number | bigint, squares: number | bigint): bigint {
  const small = smallNumerator(count, sum, squares);
  return small === undefined ? BigInt(count) * BigInt(squares) - BigInt(sum) ** 2n : BigInt(small);
}

function wholeDivisor(count: number, unit: number): bigint {
  return BigInt(count) * BigInt(count - 1) * BigInt(unit) ** 2n;
}

/** n Σx² - (Σx)² */
function spread(count: number, sum: Dyadic, squares: Dyadic): Dyadic {
  return combination([BigInt(count), squares], [-1n, product(sum, sum)]);
}

/** Third central moment over the second one to 3/2; NaN where all values are equal. */
function skewOf(
  count: number,
  [first = zero, second = zero, third = zero]: readonly Dyadic[],
): number {
  const n = BigInt(count);
  const base = spread(count, first, second);
  if (base.mantissa === 0n) return Number.NaN;
  const top = combination(
    [n * n, third],
    [-3n * n, product(first, second)],
    [2n, product(first, first, first)],
  );
  return signedRoot(top, product(base, base, base));
}

/** Fourth central moment over the square of the second one, less 3; NaN where all values are equal. */
function kurtosisOf(
  count: number,
  [first = zero, second = zero, third = zero, fourth = zero]: readonly Dyadic[],
): number {
  const n = BigInt(count);
  const base = spread(count, first, second);
  if (base.mantissa === 0n) return Number.NaN;
  const square = product(base, base);
  const top = combination(
    [n * n * n, fourth],
    [-4n * n * n, product(first, third)],
    [6n * n, product(first, first, second)],
    [-3n, product(first, first, first, first)],
    [-3n, square],
  );
  return finite(roundRatio(top.mantissa, square.mantissa, top.exponent - square.exponent));
}

/** Gives top / sqrt(base), rounded once; the base is positive. */
function signedRoot(top: Dyadic, base: Dyadic): number {
  const square = product(top, top);
  const root = roundRootRatio(square.mantissa, base.mantissa, square.exponent - base.exponent);
  return finite(top.mantissa < 0n ? -root : root);
}

function rounded({ mantissa, exponent }: Dyadic, divisor: bigint): number {
  return finite(roundRatio(mantissa, divisor, exponent));
}

function finite(value: number): number {
  return Number.isFinite(value) ? value + 0 : Number.NaN;
}
