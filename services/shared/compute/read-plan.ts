import assert from 'node:assert/strict';
import type { CompiledAggregate, TotalsOperator } from './accumulator/compiled-aggregate.ts';
import type { CompiledView } from './compiled-view.ts';
import type { WindowPlan } from './plan.ts';
import type { Position } from './position.ts';

/** Where some windows end. */
export interface PlannedEnd {
  readonly delayMs: number;
  /** Where in the plan's totals those at the end stand. */
  readonly totalsFrom: number;
  /** Scratch: the end, and the age of the newest event before it. */
  readonly position: Position;
  ageMs: number;
}

/** One window that is read. */
export interface PlannedWindow {
  readonly window: WindowPlan;
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
  readonly features: readonly PlannedFeature[];
  readonly windows: readonly PlannedWindow[];
  readonly ends: readonly PlannedEnd[];
  /** Scratch: running totals [ends + windows, totalsWidth] row-major. */
  readonly totals: Float64Array;

  constructor(view: CompiledView, targets: readonly ReadTarget[]) {
    const windows = new Map<number, PlannedWindow>();
    const ends = new Map<number, PlannedEnd>();
    const nextTotals = (): number => (windows.size + ends.size) * view.totalsWidth;
    const endOf = ({ delayMs }: WindowPlan): PlannedEnd => {
      const position = { chunk: 0, row: 0 };
      const end = ends.get(delayMs) ?? { delayMs, totalsFrom: nextTotals(), position, ageMs: 0 };
      ends.set(delayMs, end);
      return end;
    };
    const windowOf = (windowIndex: number): PlannedWindow => {
      const known = windows.get(windowIndex);
      if (known !== undefined) return known;
      const window = view.windows[windowIndex];
      assert(window !== undefined, 'the view has the window');
      const end = endOf(window);
      const begin = { chunk: 0, row: 0 };
      const isLifetime = window.kind === 'lifetime';
      const made = { window, isLifetime, end, totalsFrom: nextTotals(), begin };
      windows.set(windowIndex, made);
      return made;
    };
    this.features = targets.map((target) =>
      plannedFeature(view, target, (windowIndex) => windowOf(windowIndex)),
    );
    this.windows = [...windows.values()];
    this.ends = [...ends.values()];
    this.totals = new Float64Array(nextTotals());
  }
}

function plannedFeature(
  view: CompiledView,
  { featureIndex, cell }: ReadTarget,
  windowOf: (windowIndex: number) => PlannedWindow,
): PlannedFeature {
  const feature = view.features[featureIndex];
  const lane = view.lanes[feature?.laneIndex ?? -1];
  assert(feature !== undefined && lane !== undefined, 'the view has the feature and its lane');
  const { aggregate, laneIndex, accumulatorIndex, maxAgeMs } = feature;
  const { countColumn, sumColumn, squaresColumn, extremesColumn } = lane;
  return {
    operator: operatorOf(aggregate),
    aggregate,
    unit: 'unit' in aggregate ? aggregate.unit : 1,
    window: windowOf(feature.windowIndex),
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
