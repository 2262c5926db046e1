import type { Contribution } from './accumulator/accumulator.ts';
import {
  type AccumulatorKind,
  type CompiledAggregate,
  compileAggregate,
} from './accumulator/compiled-aggregate.ts';
import { canonicalJson } from './canonical-json.ts';
import { type ColumnRows, evaluateColumn } from './column-expression.ts';
import { compileExpression, type Expression, type RowFunction } from './expression.ts';
import type { FeaturePlan, ViewPlan, WindowPlan } from './plan.ts';

/** What each event contributes to some features: the same filter and values, whatever their windows and operators. */
export interface CompiledLane {
  /** Gives the contribution of one row of the view's columns; NaN when the event doesn't count; never a negative zero. */
  readonly evaluate: RowFunction;
  /** Gives the second value of operators that take two; undefined where there is none. */
  readonly evaluateOther: RowFunction | undefined;
  /** Gives what {@link evaluate} gives for each row, where there is no second value. */
  readonly evaluateAll: (rows: ColumnRows) => Float64Array;
  /** Whether running totals of whole numbers are asked for; and of their squares. */
  readonly hasSum: boolean;
  readonly hasSquares: boolean;
  readonly hasExtremes: boolean;
  /** Whether some feature over it that is answered from totals or extremes never forgets. */
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

/** Accumulators of one kind over one lane: what some features are answered from. */
export interface LaneAccumulator {
  readonly laneIndex: number;
  readonly kind: AccumulatorKind;
  /** Whether some feature that is answered from it never forgets. */
  readonly isLifetime: boolean;
}

/** One feature, ready to be computed. */
export interface CompiledFeature {
  readonly name: string;
  readonly aggregate: CompiledAggregate;
  /** Index into the view's lanes. */
  readonly laneIndex: number;
  /** Index into the view's windows. */
  readonly windowIndex: number;
  /** Index into the view's accumulators; -1 where it isn't answered from one. */
  readonly accumulatorIndex: number;
  readonly default: number;
  /** Infinity when there is none. */
  readonly maxAgeMs: number;
}

/** A view, ready to be computed. */
export interface CompiledView {
  readonly plan: ViewPlan;
  readonly lanes: readonly CompiledLane[];
  /** Each once. */
  readonly windows: readonly WindowPlan[];
  readonly accumulators: readonly LaneAccumulator[];
  readonly features: readonly CompiledFeature[];
  /** Columns of a row of running totals of all lanes that are sums. */
  readonly sumsWidth: number;
  /** The same and those of extremes, which come after them. */
  readonly totalsWidth: number;
}

/** Compiles a plan once; the result is immutable and shared by all entities. */
export function compileView(plan: ViewPlan): CompiledView {
  const lanes = new Groups<FeaturePlan>();
  const windows = new Groups<WindowPlan>();
  const accumulators = new Groups<Omit<LaneAccumulator, 'isLifetime'> & { window: WindowPlan }>();
  const features = plan.features.map((feature): CompiledFeature => {
    const { window, filter } = feature;
    const { value, other } = valuesOf(feature);
    const laneIndex = lanes.add(
      canonicalJson([filter ?? null, value ?? null, other ?? null]),
      feature,
    );
    const aggregate = compileAggregate(feature.aggregate);
    const accumulatorIndex =
      aggregate.method === 'group' || aggregate.method === 'monoid'
        ? accumulators.add(`${laneIndex}/${aggregate.kind.key}`, {
            laneIndex,
            kind: aggregate.kind,
            window,
          })
        : -1;
    return {
      name: feature.name,
      aggregate,
      laneIndex,
      windowIndex: windows.add(canonicalJson(window), window),
      accumulatorIndex,
      default: feature.default,
      maxAgeMs: feature.maxAgeMs ?? Number.POSITIVE_INFINITY,
    };
  });
  return {
    plan,
    ...compileLanes(lanes.all, plan.columns),
    windows: windows.all.flatMap(([window]) => window ?? []),
    accumulators: accumulators.all.flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const isLifetime = group.some(({ window }) => window.kind === 'lifetime');
      return [{ laneIndex: first.laneIndex, kind: first.kind, isLifetime }];
    }),
    features,
  };
}

/** Gives the contribution of each event to a feature, as {@link CompiledLane.evaluate} does, and its second value. */
export function compileContribution(
  feature: FeaturePlan,
  columnNames: readonly string[],
): Pick<CompiledLane, 'evaluate' | 'evaluateOther' | 'evaluateAll'> {
  const { value, other } = valuesOf(feature);
  const evaluate = filtered(feature, value ?? one, columnNames);
  const evaluateAll = filteredColumn(feature, value, columnNames);
  if (other === undefined) return { evaluate, evaluateOther: undefined, evaluateAll };
  const evaluateOther = filtered(feature, other, columnNames);
  return {
    // An event counts when both of its values are there.
    evaluate: (columns, row) =>
      Number.isNaN(evaluateOther(columns, row)) ? Number.NaN : evaluate(columns, row),
    evaluateOther,
    evaluateAll,
  };
}

/** Takes in the rows [from, until) of columns through a lane, in their order. */
export function eachContribution(
  lane: Pick<CompiledLane, 'evaluate' | 'evaluateOther'>,
  rows: {
    readonly columns: readonly Float64Array[];
    readonly ts: Float64Array;
    readonly seq: Float64Array;
    readonly from: number;
    readonly until: number;
  },
  take: (event: Contribution) => void,
): void {
  const { columns, ts, seq } = rows;
  const { evaluate, evaluateOther } = lane;
  // One object for all rows: whoever takes an event copies what it keeps.
  const event = { x: 0, y: Number.NaN, ts: 0, seq: 0 };
  for (let row = rows.from; row < rows.until; row += 1) {
    const x = evaluate(columns, row);
    if (Number.isNaN(x)) continue;
    event.x = x;
    if (evaluateOther !== undefined) event.y = evaluateOther(columns, row);
    event.ts = ts[row] ?? 0;
    event.seq = seq[row] ?? 0;
    take(event);
  }
}

/** Things grouped by a key, in the order in which the keys came. */
class Groups<T> {
  readonly all: T[][] = [];
  readonly #indexes = new Map<string, number>();

  /** Gives the index of the group. */
  add(key: string, item: T): number {
    const index = this.#indexes.get(key) ?? this.all.push([]) - 1;
    this.#indexes.set(key, index);
    this.all[index]?.push(item);
    return index;
  }
}

function valuesOf({ aggregate }: FeaturePlan): {
  readonly value: Expression | undefined;
  readonly other: Expression | undefined;
} {
  return {
    value: 'value' in aggregate ? aggregate.value.expression : undefined,
    other: 'other' in aggregate ? aggregate.other?.expression : undefined,
  };
}

const one: Expression = { kind: 'number', value: 1 };

/** As {@link filtered}, for all rows at once. */
function filteredColumn(
  { filter }: FeaturePlan,
  value: Expression | undefined,
  columnNames: readonly string[],
): CompiledLane['evaluateAll'] {
  return (rows) => {
    const values = new Float64Array(rows.rows).fill(1);
    const given = value === undefined ? undefined : evaluateColumn(value, columnNames, rows);
    const holds = filter === undefined ? undefined : evaluateColumn(filter, columnNames, rows);
    for (let row = 0; given !== undefined && row < values.length; row += 1) {
      // + 0 turns a negative zero into zero, so that equal numbers are the same bits.
      values[row] = (given[row] ?? Number.NaN) + 0;
    }
    for (let row = 0; holds !== undefined && row < values.length; row += 1) {
      if (holds[row] !== 1) values[row] = Number.NaN;
    }
    return values;
  };
}

function filtered(
  { filter }: FeaturePlan,
  expression: Expression,
  columnNames: readonly string[],
): RowFunction {
  const value = compileExpression(expression, columnNames);
  // + 0 turns a negative zero into zero, so that equal numbers are the same bits.
  if (filter === undefined) return (columns, row) => value(columns, row) + 0;
  const holds = compileExpression(filter, columnNames);
  return (columns, row) => (holds(columns, row) === 1 ? value(columns, row) + 0 : Number.NaN);
}

function compileLanes(
  groups: readonly (readonly FeaturePlan[])[],
  columnNames: readonly string[],
): Pick<CompiledView, 'lanes' | 'sumsWidth' | 'totalsWidth'> {
  const summed: Omit<CompiledLane, 'extremesColumn'>[] = [];
  let sumsWidth = 0;
  for (const group of groups) {
    const lane = compileLane(group, columnNames, sumsWidth);
    sumsWidth = lane.squaresColumn + (lane.hasSquares ? 1 : 0);
    summed.push(lane);
  }
  let totalsWidth = sumsWidth;
  const lanes = summed.map((lane): CompiledLane => {
    const extremesColumn = totalsWidth;
    if (lane.hasExtremes) totalsWidth += 2;
    return { ...lane, extremesColumn };
  });
  return { lanes, sumsWidth, totalsWidth };
}

function compileLane(
  group: readonly FeaturePlan[],
  columnNames: readonly string[],
  countColumn: number,
): Omit<CompiledLane, 'extremesColumn'> {
  const [first] = group;
  const aggregates = group.map((feature) => ({
    compiled: compileAggregate(feature.aggregate),
    isLifetime: feature.window.kind === 'lifetime',
  }));
  const usesTotals = (...operators: readonly string[]): boolean =>
    aggregates.some(
      ({ compiled }) => compiled.method === 'totals' && operators.includes(compiled.operator),
    );
  const hasSum = usesTotals('sum', 'mean', 'rate', 'variance', 'stddev');
  const sumColumn = countColumn + 1;
  return {
    ...(first === undefined
      ? {
          evaluate: () => Number.NaN,
          evaluateOther: undefined,
          evaluateAll: ({ rows }: ColumnRows) => new Float64Array(rows).fill(Number.NaN),
        }
      : compileContribution(first, columnNames)),
    hasSum,
    countColumn,
    sumColumn,
    squaresColumn: sumColumn + (hasSum ? 1 : 0),
    hasSquares: usesTotals('variance', 'stddev'),
    hasExtremes: aggregates.some(({ compiled }) => compiled.method === 'extremes'),
    isLifetime: aggregates.some(
      ({ compiled, isLifetime }) =>
        isLifetime && (compiled.method === 'totals' || compiled.method === 'extremes'),
    ),
  };
}
