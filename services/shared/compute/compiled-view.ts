import { canonicalJson } from './canonical-json.ts';
import { compileExpression, type RowFunction } from './expression.ts';
import type { AggregateOperator, FeaturePlan, ViewPlan } from './plan.ts';

/** What each event contributes to some features: the same filter and value, whatever their windows and operators. */
export interface CompiledLane {
  /** Gives the contribution of one row of the view's columns; NaN when the event doesn't count; never a negative zero. */
  readonly evaluate: RowFunction;
  readonly hasSum: boolean;
  readonly hasSquares: boolean;
  readonly hasExtremes: boolean;
  /** Whether some feature over it never forgets. */
  readonly isLifetime: boolean;
  /** Column of its count in a row of running totals. */
  readonly countColumn: number;
  /** Column of its sum, where it has one. */
  readonly sumColumn: number;
  /** Column of its sum of squares, where it has one. */
  readonly squaresColumn: number;
  /** Column of the least value from a row to the end of its chunk, where it has extremes; the greatest is beside it. */
  readonly extremesColumn: number;
}

/** One feature, ready to be computed. */
export interface CompiledFeature {
  readonly name: string;
  readonly operator: AggregateOperator;
  /** Index into the view's lanes. */
  readonly laneIndex: number;
  /** Index into the view's windows. */
  readonly windowIndex: number;
  readonly default: number;
  /** Infinity when there is none. */
  readonly maxAgeMs: number;
}

/** A view, ready to be computed. */
export interface CompiledView {
  readonly plan: ViewPlan;
  readonly lanes: readonly CompiledLane[];
  /** Different lengths in ms; Infinity for a lifetime. */
  readonly windows: readonly number[];
  readonly features: readonly CompiledFeature[];
  /** Columns of a row of running totals of all lanes that are sums. */
  readonly sumsWidth: number;
  /** The same and those of extremes, which come after them. */
  readonly totalsWidth: number;
}

/** Compiles a plan once; the result is immutable and shared by all entities. */
export function compileView(plan: ViewPlan): CompiledView {
  const laneKeys: string[] = [];
  const groups: FeaturePlan[][] = [];
  const windows: number[] = [];
  const features = plan.features.map((feature): CompiledFeature => {
    const laneKey = canonicalJson([feature.filter ?? null, feature.aggregate.value ?? null]);
    const laneIndex = indexIn(laneKeys, laneKey);
    const group = groups[laneIndex];
    if (group === undefined) groups.push([feature]);
    else group.push(feature);
    return {
      name: feature.name,
      operator: feature.aggregate.operator,
      laneIndex,
      windowIndex: indexIn(windows, windowMs(feature)),
      default: feature.default,
      maxAgeMs: feature.maxAgeMs ?? Number.POSITIVE_INFINITY,
    };
  });
  const summed: Omit<CompiledLane, 'extremesColumn'>[] = [];
  let sumsWidth = 0;
  for (const group of groups) {
    const lane = compileLane(group, plan.columns, sumsWidth);
    sumsWidth = lane.squaresColumn + (lane.hasSquares ? 1 : 0);
    summed.push(lane);
  }
  let totalsWidth = sumsWidth;
  const lanes = summed.map((lane): CompiledLane => {
    const extremesColumn = totalsWidth;
    if (lane.hasExtremes) totalsWidth += 2;
    return { ...lane, extremesColumn };
  });
  return { plan, lanes, windows, features, sumsWidth, totalsWidth };
}

/** Gives the contribution of each event to a feature, as {@link CompiledLane.evaluate} does. */
export function compileContribution(
  feature: FeaturePlan,
  columnNames: readonly string[],
): RowFunction {
  const value = compileExpression(
    feature.aggregate.value ?? { kind: 'number', value: 1 },
    columnNames,
  );
  // + 0 turns a negative zero into zero, so that equal numbers are the same bits.
  if (feature.filter === undefined) return (columns, row) => value(columns, row) + 0;
  const filter = compileExpression(feature.filter, columnNames);
  return (columns, row) => (filter(columns, row) === 1 ? value(columns, row) + 0 : Number.NaN);
}

function compileLane(
  group: readonly FeaturePlan[],
  columnNames: readonly string[],
  countColumn: number,
): Omit<CompiledLane, 'extremesColumn'> {
  const [first] = group;
  const uses = (...operators: readonly AggregateOperator[]): boolean =>
    group.some((feature) => operators.includes(feature.aggregate.operator));
  const hasSum = uses('sum', 'mean', 'rate', 'variance', 'stddev');
  const sumColumn = countColumn + 1;
  return {
    evaluate: first === undefined ? () => Number.NaN : compileContribution(first, columnNames),
    hasSum,
    hasSquares: uses('variance', 'stddev'),
    hasExtremes: uses('min', 'max'),
    isLifetime: group.some((feature) => feature.windowMs === 'lifetime'),
    countColumn,
    sumColumn,
    squaresColumn: sumColumn + (hasSum ? 1 : 0),
  };
}

function windowMs(feature: FeaturePlan): number {
  return feature.windowMs === 'lifetime' ? Number.POSITIVE_INFINITY : feature.windowMs;
}

function indexIn<T>(items: T[], item: T): number {
  const index = items.indexOf(item);
  return index >= 0 ? index : items.push(item) - 1;
}
