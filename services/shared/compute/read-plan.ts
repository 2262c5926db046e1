import type { CompiledFeature, CompiledLane, CompiledView } from './compiled-view.ts';
import type { Position } from './position.ts';

/** One feature that is read. */
export interface PlannedFeature {
  readonly feature: CompiledFeature;
  readonly lane: CompiledLane;
  /** Cell of the vector, counted from where a row begins. */
  readonly cell: number;
  /** Its window among those of the plan. */
  readonly slot: number;
}

/** One window that is read. */
interface PlannedWindow {
  /** Length in ms; Infinity for a lifetime. */
  readonly windowMs: number;
  /** Scratch: where the window begins. */
  begin: Position;
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

  constructor(view: CompiledView, targets: readonly ReadTarget[]) {
    const lengths: number[] = [];
    this.features = targets.map(({ featureIndex, cell }): PlannedFeature => {
      const feature = view.features[featureIndex];
      const lane = view.lanes[feature?.laneIndex ?? -1];
      if (feature === undefined || lane === undefined) throw new RangeError('no such feature');
      const windowMs = view.windows[feature.windowIndex] ?? Number.POSITIVE_INFINITY;
      const known = lengths.indexOf(windowMs);
      return { feature, lane, cell, slot: known >= 0 ? known : lengths.push(windowMs) - 1 };
    });
    this.windows = lengths.map((windowMs) => ({ windowMs, begin: { chunk: 0, row: 0 } }));
    this.totals = new Float64Array((1 + lengths.length) * view.totalsWidth);
  }
}

/** One feature of a view that is wanted, and where. */
export interface ReadTarget {
  /** Index into the view's features. */
  readonly featureIndex: number;
  /** Cell of the vector, counted from where a row begins. */
  readonly cell: number;
}

/** Plans to read all features of a view, in their order. */
export function readAll(view: CompiledView): ReadPlan {
  return new ReadPlan(
    view,
    view.features.map((_, index) => ({ featureIndex: index, cell: index })),
  );
}
