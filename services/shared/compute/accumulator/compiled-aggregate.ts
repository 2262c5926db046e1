import type { ByteReader } from '../byte-reader.ts';
import type { AggregatePlan, ValuePlan } from '../plan.ts';
import type { Accumulator, Fold, GroupAccumulator } from './accumulator.ts';
import { CrossSums } from './cross-sums.ts';
import { DistinctValues } from './distinct-values.ts';
import { EdgeValues } from './edge-values.ts';
import { finishCross, finishPowers } from './finish.ts';
import { HyperLogLog } from './hyper-log-log.ts';
import { MovingAverage, RunningQuantile } from './ordered-folds.ts';
import { PowerSums } from './power-sums.ts';
import { mantissaBitsOf, QuantileBuckets } from './quantile-buckets.ts';

/** Operators that running totals of whole numbers answer. */
export type TotalsOperator = 'count' | 'rate' | 'sum' | 'mean' | 'variance' | 'stddev';

/** One kind of accumulator. Methods are called with what `create` or `decode` of the same kind gave. */
export interface AccumulatorKind {
  /** Names kind and parameters: equal keys, equal states. */
  readonly key: string;
  create(): Accumulator;
  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the bytes end too early. */
  decode(from: ByteReader): Accumulator;
  /** Gives the value; NaN when there is nothing to compute from. */
  finish(accumulator: Accumulator): number;
}

/** A kind of accumulator from which events can be taken back. */
export interface GroupKind extends AccumulatorKind {
  create(): GroupAccumulator;
}

/** How a feature's windows are answered. */
export type CompiledAggregate =
  | {
      /** From running totals of whole numbers, in units of 1 / `unit`. */
      readonly method: 'totals';
      readonly operator: TotalsOperator;
      readonly unit: number;
    }
  | { readonly method: 'extremes'; readonly operator: 'min' | 'max'; readonly unit: number }
  /** By merging accumulators of pieces. */
  | { readonly method: 'group'; readonly kind: GroupKind }
  | { readonly method: 'monoid'; readonly kind: AccumulatorKind }
  /** By folding all events of the window, in order. */
  | { readonly method: 'fold'; create(): Fold & { value(): number } };

/** Says how an aggregate is answered. */
export function compileAggregate(plan: AggregatePlan): CompiledAggregate {
  switch (plan.operator) {
    case 'count':
      return { method: 'totals', operator: 'count', unit: 1 };
    case 'rate':
      return { method: 'totals', operator: 'rate', unit: 1 };
    case 'sum':
    case 'mean':
    case 'variance':
    case 'stddev':
      return plan.value.isWhole
        ? { method: 'totals', operator: plan.operator, unit: unitOf(plan.value) }
        : { method: 'group', kind: powersKind(plan.operator, plan.value) };
    case 'skew':
    case 'kurtosis':
      return { method: 'group', kind: powersKind(plan.operator, plan.value) };
    case 'min':
    case 'max':
      return { method: 'extremes', operator: plan.operator, unit: unitOf(plan.value) };
    case 'covariance':
    case 'correlation':
      return { method: 'group', kind: crossKind(plan.operator, plan) };
    case 'first':
    case 'last':
    case 'greatest':
    case 'least':
      return { method: 'monoid', kind: edgeKind(plan) };
    case 'countDistinct':
      return { method: 'group', kind: distinctKind() };
    case 'countDistinctSketch':
      return { method: 'group', kind: sketchKind(plan.precision) };
    case 'quantile':
      return { method: 'group', kind: quantileKind(plan) };
    case 'ewma':
      return { method: 'fold', create: () => new MovingAverage(plan.weight) };
    case 'approxQuantile':
      return { method: 'fold', create: () => new RunningQuantile(plan.share) };
  }
}

/** Gives how many units of the last digit a value has. */
export function unitOf({ scale }: ValuePlan): number {
  // Powers of ten up to 10^22 are exact.
  return 10 ** scale;
}

const degrees = { sum: 1, mean: 1, variance: 2, stddev: 2, skew: 3, kurtosis: 4 } as const;

function powersKind(operator: keyof typeof degrees, value: ValuePlan): GroupKind {
  const degree = degrees[operator];
  return {
    key: `powers/${degree}`,
    create: () => new PowerSums(degree),
    decode: (from) => PowerSums.decode(from, degree),
    finish(sums: PowerSums) {
      return finishPowers(operator, sums, unitOf(value));
    },
  };
}

function crossKind(
  operator: 'covariance' | 'correlation',
  { value, other }: { readonly value: ValuePlan; readonly other: ValuePlan },
): GroupKind {
  return {
    key: 'cross',
    create: () => new CrossSums(),
    decode: (from) => CrossSums.decode(from),
    finish(sums: CrossSums) {
      return finishCross(operator, sums, [unitOf(value), unitOf(other)]);
    },
  };
}

function edgeKind(plan: {
  readonly operator: 'first' | 'last' | 'greatest' | 'least';
  readonly value: ValuePlan;
  readonly rank: number;
}): AccumulatorKind {
  const { operator, rank } = plan;
  return {
    key: `${operator}/${rank}`,
    create: () => new EdgeValues(operator, rank),
    decode: (from) => EdgeValues.decode(from, operator, rank),
    finish(values: EdgeValues) {
      return values.at(rank) / unitOf(plan.value);
    },
  };
}

function distinctKind(): GroupKind {
  return {
    key: 'distinct',
    create: () => new DistinctValues(),
    decode: (from) => DistinctValues.decode(from),
    finish(values: DistinctValues) {
      return values.size;
    },
  };
}

function sketchKind(precision: number): GroupKind {
  return {
    key: `sketch/${precision}`,
    create: () => new HyperLogLog(precision),
    decode: (from) => HyperLogLog.decode(from, precision),
    finish(sketch: HyperLogLog) {
      return sketch.estimate();
    },
  };
}

function quantileKind({
  share,
  relativeError,
}: {
  readonly share: number;
  readonly relativeError: number;
}): GroupKind {
  const mantissaBits = mantissaBitsOf(relativeError);
  return {
    key: `quantile/${mantissaBits}`,
    create: () => new QuantileBuckets(mantissaBits),
    decode: (from) => QuantileBuckets.decode(from, mantissaBits),
    finish(buckets: QuantileBuckets) {
      return buckets.quantile(share);
    },
  };
}
