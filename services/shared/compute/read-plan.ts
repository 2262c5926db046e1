import assert from 'node:assert/strict';
import type { CompiledAggregate, TotalsOperator } from './accumulator/compiled-aggregate.ts';
import type { CompiledView } from './compiled-view.ts';
import type { ResolvedCells } from './feature-vector.ts';
import type { WindowPlan } from './plan.ts';
import type { Position } from './position.ts';

/** Where some windows end. */
export interface PlannedEnd {
  readonly delayMs: number;
  /** Index into the plan's ends. */
  readonly index: number;
  /** Where the memory of an entity's reads has its bounds. */
  readonly slot: number;
  /** Where in the plan's totals those at the end stand. */
  readonly totalsFrom: number;
  /** Scratch: the end. */
  readonly position: Position;
  /** Scratch: whether the position and the totals there are those of the read under way. */
  isLocated: boolean;
}

/** One window that is read. */
export interface PlannedWindow {
  readonly window: WindowPlan;
  /** Index into the plan's windows. */
  readonly index: number;
  /** Where the memory of an entity's reads has its bounds. */
  readonly slot: number;
  /** Indexes of the plan's features over it. */
  readonly features: readonly number[];
  readonly isLifetime: boolean;
  readonly end: PlannedEnd;
  /** Where in the plan's totals those at its begin stand. */
  readonly totalsFrom: number;
  /** Scratch: where it begins. */
  readonly begin: Position;
}

/** One feature that is read; what a read looks at stands in one record. */
export interface PlannedFeature {
  /** What is looked up; `merge` and `fold` are told apart by the aggregate. */
  readonly operator: TotalsOperator | 'min' | 'max' | 'merge' | 'fold';
  readonly aggregate: CompiledAggregate;
  /** Values are times this. */
  readonly unit: number;
  readonly window: PlannedWindow;
  readonly laneIndex: number;
  readonly accumulatorIndex: number;
  readonly countColumn: number;
  readonly sumColumn: number;
  readonly squaresColumn: number;
  readonly extremesColumn: number;
  readonly default: number;
  readonly maxAgeMs: number;
  /** Cell of the vector, counted from where a row begins. */
  readonly cell: number;
}

/** One feature of a view that is wanted, and where. */
export interface ReadTarget {
  /** Index into the view's features. */
  readonly featureIndex: number;
  /** Cell of the vector, counted from where a row begins. */
  readonly cell: number;
}

/**
 * Which features of a view are read, and where each goes: each window is looked up once, whatever the number of features
 * over it. Holds scratch space, so that one read after the other may use it.
 */
export class ReadPlan {
  readonly viewId: string;
  readonly features: readonly PlannedFeature[];
  readonly windows: readonly PlannedWindow[];
  readonly ends: readonly PlannedEnd[];
  /** The same features, column by column; their ages are scratch. */
  readonly cells: ResolvedCells;
  /** Where the memory of an entity's reads has what the features gave. */
  readonly featuresFrom: number;
  /** Scratch: running totals [ends + windows, totalsWidth] row-major. */
  readonly totals: Float64Array;

  constructor(view: CompiledView, targets: readonly ReadTarget[]) {
    const { totalsWidth } = view;
    const windowIndexes = [
      ...new Set(targets.map(({ featureIndex }) => view.features[featureIndex]?.windowIndex ?? -1)),
    ];
    const used = windowIndexes.flatMap((index) => view.windows[index] ?? []);
    const delays = [...new Set(used.map(({ delayMs }) => delayMs))];
    const windowOf = ({ featureIndex }: ReadTarget): number =>
      windowIndexes.indexOf(view.features[featureIndex]?.windowIndex ?? -1);
    this.viewId = view.plan.id;
    this.ends = delays.map((delayMs, index) => ({
      delayMs,
      index,
      slot: 2 * index,
      totalsFrom: index * totalsWidth,
      position: { chunk: 0, row: 0 },
      isLocated: false,
    }));
    this.windows = used.map((window, index) => {
      const end = this.ends[delays.indexOf(window.delayMs)];
      assert(end !== undefined, 'every window ends');
      return {
        window,
        index,
        slot: 2 * (delays.length + index),
        features: targets.flatMap((target, at) => (windowOf(target) === index ? [at] : [])),
        isLifetime: window.kind === 'lifetime',
        end,
        totalsFrom: (delays.length + index) * totalsWidth,
        begin: { chunk: 0, row: 0 },
      };
    });
    this.features = targets.map((target) =>
      plannedFeature(view, target, this.windows[windowOf(target)]),
    );
    this.featuresFrom = 2 * (this.ends.length + this.windows.length);
    this.cells = cellsOf(this.features, delays.length);
    this.totals = new Float64Array((this.ends.length + this.windows.length) * totalsWidth);
  }
}

function cellsOf(features: readonly PlannedFeature[], ends: number): ResolvedCells {
  return {
    indexes: Uint32Array.from(features, ({ cell }) => cell),
    defaults: Float64Array.from(features, (feature) => feature.default),
    maxAgesMs: Float64Array.from(features, ({ maxAgeMs }) => maxAgeMs),
    leastMaxAgeMs: Math.min(...features.map(({ maxAgeMs }) => maxAgeMs)),
    ends: Uint32Array.from(features, ({ window }) => window.end.index),
    agesMs: new Float64Array(ends),
  };
}

function plannedFeature(
  view: CompiledView,
  { featureIndex, cell }: ReadTarget,
  window: PlannedWindow | undefined,
): PlannedFeature {
  const feature = view.features[featureIndex];
  const lane = view.lanes[feature?.laneIndex ?? -1];
  assert(feature !== undefined && lane !== undefined, 'the view has the feature and its lane');
  assert(window !== undefined, 'the view has the window');
  const { aggregate, laneIndex, accumulatorIndex, maxAgeMs } = feature;
  const { countColumn, sumColumn, squaresColumn, extremesColumn } = lane;
  return {
    operator: operatorOf(aggregate),
    aggregate,
    unit: 'unit' in aggregate ? aggregate.unit : 1,
    window,
    laneIndex,
    accumulatorIndex,
    countColumn,
    sumColumn,
    squaresColumn,
    extremesColumn,
    default: feature.default,
    maxAgeMs,
    cell,
  };
}

function operatorOf(aggregate: CompiledAggregate): PlannedFeature['operator'] {
  switch (aggregate.method) {
    case 'totals':
    case 'extremes':
      return aggregate.operator;
    case 'group':
    case 'monoid':
      return 'merge';
    case 'fold':
      return 'fold';
  }
}

/** Plans to read all features of a view, in their order. */
export function readAll(view: CompiledView): ReadPlan {
  return new ReadPlan(
    view,
    view.features.map((_, index) => ({ featureIndex: index, cell: index })),
  );
}
