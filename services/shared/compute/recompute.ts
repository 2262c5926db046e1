import { compileContribution } from './compiled-view.ts';
import { type EventColumns, pickColumns } from './event-columns.ts';
import { FeatureVector } from './feature-vector.ts';
import { foldWindow } from './fold-window.ts';
import type { FeaturePlan, ViewPlan } from './plan.ts';
import { windowBegin, windowEnd } from './window.ts';

/** Computes the features of one entity at time t, out of its events up to a log offset. */
export type Recomputation = (t: number, logOffset: number) => FeatureVector;

/**
 * Computes the features of a view by the letter of their definition: keep the entity's events with seq <= logOffset and ts
 * in the window at t, fold them. See {@link recomputationOf}.
 */
export function recomputeView(
  view: ViewPlan,
  events: EventColumns,
  t: number,
  logOffset: number,
): FeatureVector {
  return recomputationOf(view, events)(t, logOffset);
}

/**
 * Gives what computes the features of a view at any time by the letter of their definition: keep the entity's events with
 * seq <= logOffset and ts in the window at t, fold them from the first to the last. It shares no state, index or
 * incremental step with the online and the offline way, so that an audit which compares them means something: what each
 * event contributes is worked out once, and everything else anew for each t. O(events in the window) for each feature.
 */
export function recomputationOf(view: ViewPlan, events: EventColumns): Recomputation {
  const columns = pickColumns(events, view.columns);
  const lanes = view.features.map((feature) => laneOf(feature, view, { columns, events }));
  const xs = new Float64Array(events.rows);
  const ys = new Float64Array(events.rows);
  return (t, logOffset) => {
    const vector = new FeatureVector(view.features.length);
    view.features.forEach((feature, index) => {
      const lane = lanes[index];
      if (lane === undefined) return;
      const from = eventsBefore(events, windowBegin(feature.window, t));
      const end = eventsBefore(events, windowEnd(feature.window, t));
      const count = takeSeen(events.seq, lane, { from, end, logOffset, xs, ys });
      const found = foldWindow(feature.aggregate, xs.subarray(0, count), ys.subarray(0, count));
      vector.resolve(index, missingRule(feature), found, t - newestSeen(events, end, logOffset));
    });
    return vector;
  };
}

/** What each event contributes to one feature; NaN where it doesn't count. */
interface FeatureLane {
  readonly x: Float64Array;
  readonly y: Float64Array | undefined;
}

function laneOf(
  feature: FeaturePlan,
  view: ViewPlan,
  { columns, events }: { readonly columns: readonly Float64Array[]; readonly events: EventColumns },
): FeatureLane {
  const { evaluate, evaluateOther } = compileContribution(feature, view.columns);
  const x = new Float64Array(events.rows);
  const y = evaluateOther === undefined ? undefined : new Float64Array(events.rows);
  for (let row = 0; row < events.rows; row += 1) {
    x[row] = evaluate(columns, row);
    if (y !== undefined && evaluateOther !== undefined) y[row] = evaluateOther(columns, row);
  }
  return { x, y };
}

/** Gives how many of the events, which are in order, have ts < time. */
function eventsBefore({ ts, rows }: EventColumns, time: number): number {
  let from = 0;
  let until = rows;
  while (from < until) {
    const middle = Math.floor((from + until) / 2);
    if ((ts[middle] ?? Number.NaN) < time) from = middle + 1;
    else until = middle;
  }
  return from;
}

/** Gives ts of the newest of the first `end` events that the log held at the offset; negative infinity when there is none. */
function newestSeen({ ts, seq }: EventColumns, end: number, logOffset: number): number {
  for (let row = end - 1; row >= 0; row -= 1) {
    if ((seq[row] ?? Number.NaN) <= logOffset) return ts[row] ?? Number.NaN;
  }
  return Number.NEGATIVE_INFINITY;
}

interface SeenRange {
  readonly from: number;
  readonly end: number;
  readonly logOffset: number;
  /** Where the values go. */
  readonly xs: Float64Array;
  readonly ys: Float64Array;
}

/** Takes what the events at index [from, end) contribute, those that the log held and that count, in order; gives how many. */
function takeSeen(seq: Float64Array, { x, y }: FeatureLane, range: SeenRange): number {
  const { from, end, logOffset, xs, ys } = range;
  let count = 0;
  for (let row = from; row < end; row += 1) {
    const value = x[row] ?? Number.NaN;
    if (Number.isNaN(value) || !((seq[row] ?? Number.NaN) <= logOffset)) continue;
    xs[count] = value;
    ys[count] = y?.[row] ?? Number.NaN;
    count += 1;
  }
  return count;
}

function missingRule(feature: FeaturePlan): {
  readonly default: number;
  readonly maxAgeMs: number;
} {
  return { default: feature.default, maxAgeMs: feature.maxAgeMs ?? Number.POSITIVE_INFINITY };
}
