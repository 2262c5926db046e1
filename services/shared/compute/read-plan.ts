import type { CompiledFeature, CompiledLane, CompiledView } from './compiled-view.ts';
import type { WindowPlan } from './plan.ts';
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
  readonly window: WindowPlan;
  /** Where it ends, among the ends of the plan. */
  readonly endSlot: number;
  /** Scratch: where the window begins. */
  begin: Position;
}

/** Where some windows end. */
interface PlannedEnd {
  readonly delayMs: number;
  /** Scratch: the position, and the age of the newest event before it. */
  position: Position;
  ageMs: number;
}

/**
 * Which features of a view are read, and where each goes: each window is looked up once, whatever the number of features
 * over it. Holds scratch space, so that one read after the other may use it.
 */
export class ReadPlan {
  readonly features: readonly PlannedFeature[];
  readonly windows: readonly PlannedWindow[];
  readonly ends: readonly PlannedEnd[];
  /** Scratch: running totals [ends + windows, totalsWidth] row-major, at each end, then at each begin. */
  readonly totals: Float64Array;

  constructor(view: CompiledView, targets: readonly ReadTarget[]) {
    const slots: number[] = [];
    this.features = targets.map(({ featureIndex, cell }): PlannedFeature => {
      const feature = view.features[featureIndex];
      const lane = view.lanes[feature?.laneIndex ?? -1];
      if (feature === undefined || lane === undefined) throw new RangeError('no such feature');
      return { feature, lane, cell, slot: indexIn(slots, feature.windowIndex) };
    });
    const delays: number[] = [];
    this.windows = slots.flatMap((index) => {
      const window = view.windows[index];
      if (window === undefined) return [];
      const endSlot = indexIn(delays, window.delayMs);
      return [{ window, endSlot, begin: { chunk: 0, row: 0 } }];
    });
    this.ends = delays.map((delayMs) => ({ delayMs, position: { chunk: 0, row: 0 }, ageMs: 0 }));
    this.totals = new Float64Array((this.ends.length + slots.length) * view.totalsWidth);
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

function indexIn(items: number[], item: number): number {
  const index = items.indexOf(item);
  return index >= 0 ? index : items.push(item) - 1;
}
