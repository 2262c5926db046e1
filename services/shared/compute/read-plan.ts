import assert from 'node:assert/strict';
import type { CompiledView } from './compiled-view.ts';
import type { FeaturePlan } from './plan.ts';
import type { Position } from './position.ts';

/** One window that is read. */
export interface PlannedWindow {
  /** Length in ms; Infinity for a lifetime. */
  readonly windowMs: number;
  /** Where in the plan's totals those at its begin stand. */
  readonly totalsFrom: number;
  /** Scratch: where it begins. */
  readonly begin: Position;
}

/** One feature that is read; what a read looks at stands in one record. */
export interface PlannedFeature {
  readonly operator: FeaturePlan['aggregate']['operator'];
  readonly window: PlannedWindow;
  readonly laneIndex: number;
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
  /** Scratch: running totals [1 + windows, totalsWidth] row-major, first at the end of all windows, then at each begin. */
  readonly totals: Float64Array;
  /** Scratch: where all windows end. */
  readonly end: Position = { chunk: 0, row: 0 };

  constructor(view: CompiledView, targets: readonly ReadTarget[]) {
    const windows = new Map<number, PlannedWindow>();
    this.features = targets.map(({ featureIndex, cell }): PlannedFeature => {
      const feature = view.features[featureIndex];
      const lane = view.lanes[feature?.laneIndex ?? -1];
      assert(feature !== undefined && lane !== undefined, 'the view has the feature and its lane');
      const windowMs = view.windows[feature.windowIndex] ?? Number.POSITIVE_INFINITY;
      const totalsFrom = (1 + windows.size) * view.totalsWidth;
      const window = windows.get(windowMs) ?? {
        windowMs,
        totalsFrom,
        begin: { chunk: 0, row: 0 },
      };
      windows.set(windowMs, window);
      const { operator, laneIndex, maxAgeMs } = feature;
      const { countColumn, sumColumn, squaresColumn, extremesColumn } = lane;
      return {
        operator,
        window,
        laneIndex,
        countColumn,
        sumColumn,
        squaresColumn,
        extremesColumn,
        default: feature.default,
        maxAgeMs,
        cell,
      };
    });
    this.windows = [...windows.values()];
    this.totals = new Float64Array((1 + windows.size) * view.totalsWidth);
  }
}

/** Plans to read all features of a view, in their order. */
export function readAll(view: CompiledView): ReadPlan {
  return new ReadPlan(
    view,
    view.features.map((_, index) => ({ featureIndex: index, cell: index })),
  );
}
