import type { AggregatePlan, FeaturePlan, WindowPlan } from '../../services/shared/compute/plan.ts';
import {
  nearest,
  nearestRoot,
  over,
  plus,
  type Rational,
  times,
  total,
  whole,
} from './rational-oracle.ts';
import type { ReferenceEvent, ReferenceFeature, ReferenceValue } from './reference-features.ts';

/** What the oracle says of one feature at one time. */
export interface ReferenceAnswer {
  /** As featureStatus. */
  readonly status: 0 | 1 | 2 | 3;
  /** The default where the status is not 0. */
  readonly value: number;
  /** How far an answer may be from it, relative to it: 0 but for sketches. */
  readonly tolerance: number;
}

/** Gives the answer for a feature at time t, out of events in any order. */
export function referenceAnswer(
  plan: FeaturePlan,
  { contribution }: ReferenceFeature,
  { events, t }: { readonly events: readonly ReferenceEvent[]; readonly t: number },
): ReferenceAnswer {
  const [begin, end] = boundsOf(plan.window, t);
  const before = events.filter((event) => event.ts < end);
  const newest = before.reduce((most, event) => Math.max(most, event.ts), -Infinity);
  const missing = (status: 1 | 2 | 3): ReferenceAnswer => ({
    status,
    value: plan.default,
    tolerance: 0,
  });
  if (before.length === 0) return missing(2);
  if (plan.maxAgeMs !== undefined && t - newest > plan.maxAgeMs) return missing(3);
  const values = before
    .filter((event) => event.ts >= begin)
    .sort((left, right) => left.ts - right.ts || left.seq - right.seq)
    .flatMap((event) => contribution(event) ?? []);
  const value = aggregateOf(plan.aggregate, values);
  if (value === undefined || Number.isNaN(value)) return missing(1);
  return { status: 0, value: value + 0, tolerance: toleranceOf(plan.aggregate) };
}

function boundsOf(window: WindowPlan, t: number): readonly [number, number] {
  const end = t - window.delayMs;
  switch (window.kind) {
    case 'lifetime':
      return [-Infinity, end];
    case 'sliding':
      return [end - window.lengthMs, end];
    case 'sawtooth': {
      let begin = end - window.lengthMs;
      while (begin % window.hopMs !== 0) begin -= 1;
      return [begin, end];
    }
  }
}

function toleranceOf(plan: AggregatePlan): number {
  if (plan.operator === 'quantile') return plan.relativeError;
  // Few different values: the sketch is all but exact.
  return plan.operator === 'countDistinctSketch' ? 0.02 : 0;
}

/** Undefined where there is nothing to compute from. */
function aggregateOf(plan: AggregatePlan, values: readonly ReferenceValue[]): number | undefined {
  switch (plan.operator) {
    case 'count':
      return values.length;
    case 'countDistinct':
    case 'countDistinctSketch':
      return new Set(values.map(({ x }) => x)).size;
    default: {
      const pairs = values.map(({ x, y }) => ({ x: rational(x), y: y ?? whole(0) }));
      if (pairs.length === 0) return plan.operator === 'sum' ? 0 : undefined;
      return numberOf(plan, pairs);
    }
  }
}

interface Pair {
  readonly x: Rational;
  readonly y: Rational;
}

function numberOf(plan: AggregatePlan, pairs: readonly Pair[]): number | undefined {
  const xs = pairs.map(({ x }) => x);
  const sorted = [...xs].sort((left, right) =>
    left.top * right.bottom < right.top * left.bottom ? -1 : 1,
  );
  const at = (values: readonly Rational[], index: number): number | undefined => {
    const value = values[index];
    return value === undefined ? undefined : nearest(value);
  };
  switch (plan.operator) {
    case 'first':
      return at(xs, plan.rank - 1);
    case 'last':
      return at(xs, xs.length - plan.rank);
    case 'min':
      return at(sorted, 0);
    case 'max':
      return at(sorted, sorted.length - 1);
    case 'greatest':
      return at(sorted, sorted.length - plan.rank);
    case 'least':
      return at(sorted, plan.rank - 1);
    case 'quantile':
      return at(sorted, Math.floor(plan.share * (sorted.length - 1)));
    case 'ewma':
      return xs.map(nearest).reduce((average, x) => plan.weight * x + (1 - plan.weight) * average);
    default:
      return momentOf(plan.operator, pairs);
  }
}

/** Central moments, by the textbook: sums of powers of distances from the mean. */
function momentOf(operator: string, pairs: readonly Pair[]): number | undefined {
  const n = whole(pairs.length);
  const meanX = over(total(pairs.map(({ x }) => x)), n);
  const meanY = over(total(pairs.map(({ y }) => y)), n);
  const distances = pairs.map(({ x, y }) => ({
    x: distance(x, meanX),
    y: distance(y, meanY),
  }));
  const sumOf = (read: (pair: Pair) => Rational): Rational =>
    distances.map(read).reduce(plus, whole(0));
  const squares = sumOf(({ x }) => times(x, x));
  switch (operator) {
    case 'sum':
      return nearest(total(pairs.map(({ x }) => x)));
    case 'mean':
    case 'rate':
      return nearest(meanX);
    case 'variance':
      return pairs.length < 2 ? undefined : nearest(over(squares, whole(pairs.length - 1)));
    case 'stddev':
      return pairs.length < 2 ? undefined : nearestRoot(over(squares, whole(pairs.length - 1)));
    case 'skew': {
      if (squares.top === 0n) return undefined;
      const cubes = over(
        sumOf(({ x }) => times(x, times(x, x))),
        n,
      );
      const base = over(squares, n);
      const square = over(times(cubes, cubes), times(base, times(base, base)));
      return signed(cubes, nearestRoot(square));
    }
    case 'kurtosis': {
      if (squares.top === 0n) return undefined;
      const fourths = over(
        sumOf(({ x }) => times(times(x, x), times(x, x))),
        n,
      );
      const base = over(squares, n);
      return nearest(plus(over(fourths, times(base, base)), whole(-3)));
    }
    case 'covariance':
      if (pairs.length < 2) return undefined;
      return nearest(
        over(
          sumOf(({ x, y }) => times(x, y)),
          whole(pairs.length - 1),
        ),
      );
    case 'correlation': {
      const spreads = times(
        squares,
        sumOf(({ y }) => times(y, y)),
      );
      if (pairs.length < 2 || spreads.top === 0n) return undefined;
      const together = sumOf(({ x, y }) => times(x, y));
      return signed(together, nearestRoot(over(times(together, together), spreads)));
    }
    default:
      throw new Error(`the oracle does not know '${operator}'`);
  }
}

/** Gives value - mean over the mean's denominator, which all values' denominators divide. */
function distance(value: Rational, mean: Rational): Rational {
  const top = (value.top * mean.bottom) / value.bottom - mean.top;
  return { top, bottom: mean.bottom };
}

function signed({ top }: Rational, magnitude: number): number {
  return top < 0n ? -magnitude : magnitude;
}

function rational(value: Rational | string): Rational {
  if (typeof value === 'string') throw new Error('a text is no number');
  return value;
}
