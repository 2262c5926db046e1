import { estimateDistinct, sketchCell } from './accumulator/hyper-log-log.ts';
import { RunningQuantile } from './accumulator/ordered-folds.ts';
import { bucketMiddle, mantissaBitsOf, quantileBucket } from './accumulator/quantile-buckets.ts';
import { partsOf } from './arithmetic/float-parts.ts';
import { roundRatio, roundRootRatio } from './arithmetic/round-ratio.ts';
import type { AggregatePlan, ValuePlan } from './plan.ts';

/**
 * Gives an aggregate of the values of a window by the letter of its definition, in the order of (ts, seq): exact whole numbers, rounded once.
 * It shares the roundings, the hash and the buckets with the accumulators, which are part of what a feature means, and no state.
 * NaN when there is nothing to compute from. `ys` holds the second values of operators that take two.
 */
export function foldWindow(plan: AggregatePlan, xs: Float64Array, ys: Float64Array): number {
  switch (plan.operator) {
    case 'count':
      return xs.length;
    case 'countDistinct':
      return new Set(Array.from(xs, (x, index) => `${x}/${ys[index]}`)).size;
    case 'countDistinctSketch':
      return distinctEstimate(xs, ys, plan.precision);
    default:
      if (xs.length === 0) return plan.operator === 'sum' ? 0 : Number.NaN;
      return finite(foldValues(plan, xs, ys));
  }
}

type ValueAggregate = Exclude<
  AggregatePlan,
  { readonly operator: 'count' | 'countDistinct' | 'countDistinctSketch' }
>;

function foldValues(plan: ValueAggregate, xs: Float64Array, ys: Float64Array): number {
  switch (plan.operator) {
    case 'sum':
    case 'mean':
    case 'rate':
    case 'variance':
    case 'stddev':
    case 'skew':
    case 'kurtosis':
      return momentOf(plan.operator, xs, plan.value);
    case 'covariance':
    case 'correlation':
      return crossMoment(plan, xs, ys);
    case 'min':
      return xs.reduce((a, b) => Math.min(a, b)) / unitOf(plan.value);
    case 'max':
      return xs.reduce((a, b) => Math.max(a, b)) / unitOf(plan.value);
    case 'first':
      return (xs[plan.rank - 1] ?? Number.NaN) / unitOf(plan.value);
    case 'last':
      return (xs[xs.length - plan.rank] ?? Number.NaN) / unitOf(plan.value);
    case 'greatest':
      return (xs.slice().sort()[xs.length - plan.rank] ?? Number.NaN) / unitOf(plan.value);
    case 'least':
      return (xs.slice().sort()[plan.rank - 1] ?? Number.NaN) / unitOf(plan.value);
    case 'quantile': {
      const value = xs.slice().sort()[Math.floor(plan.share * (xs.length - 1))] ?? Number.NaN;
      const bits = mantissaBitsOf(plan.relativeError);
      return bucketMiddle(quantileBucket(value, bits), bits);
    }
    case 'ewma':
      return xs.reduce((average, x) => plan.weight * x + (1 - plan.weight) * average);
    case 'approxQuantile': {
      const fold = new RunningQuantile(plan.share);
      for (const x of xs) fold.add({ x, y: Number.NaN, ts: 0, seq: 0 });
      return fold.value();
    }
  }
}

function distinctEstimate(xs: Float64Array, ys: Float64Array, precision: number): number {
  const registers = new Uint8Array(2 ** precision);
  xs.forEach((x, index) => {
    const { register, rank } = sketchCell(x, ys[index] ?? Number.NaN, precision);
    registers[register] = Math.max(registers[register] ?? 0, rank);
  });
  return estimateDistinct([...registers.filter((rank) => rank > 0)], precision);
}

type MomentOperator = 'sum' | 'mean' | 'rate' | 'variance' | 'stddev' | 'skew' | 'kurtosis';

function momentOf(operator: MomentOperator, xs: Float64Array, value: ValuePlan): number {
  const n = BigInt(xs.length);
  const unit = BigInt(unitOf(value));
  const { total, exponent } = powersOf(xs, value);
  switch (operator) {
    case 'sum':
      return roundRatio(total(1), unit, exponent);
    case 'mean':
    case 'rate':
      return roundRatio(total(1), n * unit, exponent);
    case 'variance':
    case 'stddev': {
      if (n < 2n) return Number.NaN;
      const round = operator === 'variance' ? roundRatio : roundRootRatio;
      return round(n * total(2) - total(1) ** 2n, n * (n - 1n) * unit ** 2n, 2 * exponent);
    }
    case 'skew': {
      const spread = n * total(2) - total(1) ** 2n;
      const top = n * n * total(3) - 3n * n * total(1) * total(2) + 2n * total(1) ** 3n;
      return spread === 0n ? Number.NaN : signedRoot(top, spread ** 3n);
    }
    case 'kurtosis': {
      const spread = n * total(2) - total(1) ** 2n;
      const top =
        n ** 3n * total(4) -
        4n * n ** 2n * total(1) * total(3) +
        6n * n * total(1) ** 2n * total(2) -
        3n * total(1) ** 4n;
      return spread === 0n ? Number.NaN : roundRatio(top - 3n * spread ** 2n, spread ** 2n);
    }
  }
}

function crossMoment(
  plan: Extract<AggregatePlan, { readonly operator: 'covariance' | 'correlation' }>,
  xs: Float64Array,
  ys: Float64Array,
): number {
  const n = BigInt(xs.length);
  if (n < 2n) return Number.NaN;
  const x = wholeParts(xs);
  const y = wholeParts(ys);
  const dot = (left: readonly bigint[], right: readonly bigint[]): bigint =>
    left.reduce((sum, value, index) => sum + value * (right[index] ?? 0n), 0n);
  const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);
  const [sumX, sumY] = [sum(x.whole), sum(y.whole)];
  const together = n * dot(x.whole, y.whole) - sumX * sumY;
  if (plan.operator === 'covariance') {
    const units = BigInt(unitOf(plan.value)) * BigInt(unitOf(plan.other));
    return roundRatio(together, n * (n - 1n) * units, x.exponent + y.exponent);
  }
  const spreads =
    (n * dot(x.whole, x.whole) - sumX ** 2n) * (n * dot(y.whole, y.whole) - sumY ** 2n);
  return spreads === 0n ? Number.NaN : signedRoot(together, spreads);
}

function signedRoot(top: bigint, base: bigint): number {
  const root = roundRootRatio(top ** 2n, base);
  return top < 0n ? -root : root;
}

/** Gives sums of powers of values, as whole numbers of 2^(power x exponent). */
function powersOf(
  xs: Float64Array,
  value: ValuePlan,
): { readonly total: (power: number) => bigint; readonly exponent: number } {
  if (value.isWhole) {
    return { total: (power) => wholeTotal(xs, power), exponent: 0 };
  }
  const { whole, exponent } = wholeParts(xs);
  const total = (power: number): bigint =>
    whole.reduce((sum, part) => sum + part ** BigInt(power), 0n);
  return { total, exponent };
}

/** Gives the exact sum of powers of whole numbers: carried in a Number, and moved into a BigInt before that could round. */
function wholeTotal(values: Float64Array, power: number): bigint {
  let carried = 0;
  let moved = 0n;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    let term = value;
    for (let factor = 1; factor < power; factor += 1) term *= value;
    if (Number.isSafeInteger(term) && Number.isSafeInteger(carried + term)) carried += term;
    else moved += BigInt(value) ** BigInt(power);
  }
  return moved + BigInt(carried);
}

/** Gives doubles as whole numbers of one power of two. */
function wholeParts(values: Float64Array): {
  readonly whole: readonly bigint[];
  readonly exponent: number;
} {
  const parts = Array.from(values, partsOf);
  const exponents = parts.flatMap((part) => (part.mantissa === 0n ? [] : [part.exponent]));
  const exponent = exponents.length === 0 ? 0 : exponents.reduce((a, b) => Math.min(a, b));
  return {
    whole: parts.map((part) =>
      part.mantissa === 0n ? 0n : part.mantissa << BigInt(part.exponent - exponent),
    ),
    exponent,
  };
}

function unitOf({ scale }: ValuePlan): number {
  return 10 ** scale;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value + 0 : Number.NaN;
}
