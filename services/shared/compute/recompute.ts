import { compileContribution } from './compiled-view.ts';
import { type EventColumns, pickColumns } from './event-columns.ts';
import { FeatureVector } from './feature-vector.ts';
import type { AggregateOperator, FeaturePlan, ViewPlan } from './plan.ts';

/** Computes the features of one entity at time t, out of its events up to a log offset. */
export type Recomputation = (t: number, logOffset: number) => FeatureVector;

/**
 * Computes the features of a view by the letter of their definition: keep the entity's events with seq <= logOffset and ts
 * in [t - window, t), fold them. See {@link recomputationOf}.
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
 * seq <= logOffset and ts in [t - window, t), fold them from the first to the last. It shares no state, index or
 * incremental step with the online and the offline way, so that an audit which compares them means something: what each
 * event contributes is worked out once, and everything else anew for each t. O(events in the window) for each feature.
 */
export function recomputationOf(view: ViewPlan, events: EventColumns): Recomputation {
  const columns = pickColumns(events, view.columns);
  const contributions = view.features.map((feature) => {
    const contribution = compileContribution(feature, view.columns);
    const values = new Float64Array(events.rows);
    for (let row = 0; row < events.rows; row += 1) values[row] = contribution(columns, row);
    return values;
  });
  const scratch = new Float64Array(events.rows);
  return (t, logOffset) => {
    const vector = new FeatureVector(view.features.length);
    const end = eventsBefore(events, t);
    const newest = newestSeen(events, end, logOffset);
    view.features.forEach((feature, index) => {
      const from = feature.windowMs === 'lifetime' ? 0 : eventsBefore(events, t - feature.windowMs);
      const range = { from, end, logOffset };
      const values = takeSeen(events.seq, contributions[index], range, scratch);
      const found = fold(feature.aggregate.operator, values);
      vector.resolve(index, missingRule(feature), found, t - newest);
    });
    return vector;
  };
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

/** Gives what the events at index [from, end) contribute, those that the log held and that count, in order. */
function takeSeen(
  seq: Float64Array,
  contributions: Float64Array | undefined,
  range: { readonly from: number; readonly end: number; readonly logOffset: number },
  scratch: Float64Array,
): Float64Array {
  const { from, end, logOffset } = range;
  let count = 0;
  for (let row = from; row < end; row += 1) {
    const value = contributions?.[row] ?? Number.NaN;
    if (Number.isNaN(value) || !((seq[row] ?? Number.NaN) <= logOffset)) continue;
    scratch[count] = value;
    count += 1;
  }
  return scratch.subarray(0, count);
}

function missingRule(feature: FeaturePlan): {
  readonly default: number;
  readonly maxAgeMs: number;
} {
  return { default: feature.default, maxAgeMs: feature.maxAgeMs ?? Number.POSITIVE_INFINITY };
}

function fold(operator: AggregateOperator, values: Float64Array): number {
  switch (operator) {
    case 'count':
      return values.length;
    case 'sum':
      return Number(total(values));
    case 'mean':
    case 'rate':
      return values.length === 0 ? Number.NaN : Number(total(values)) / values.length;
    case 'min':
      return values.length === 0 ? Number.NaN : values.reduce((a, b) => Math.min(a, b));
    case 'max':
      return values.length === 0 ? Number.NaN : values.reduce((a, b) => Math.max(a, b));
    case 'variance':
      return variance(values);
    case 'stddev':
      return Math.sqrt(variance(values));
  }
}

/** Gives the exact sum of whole numbers: it is carried in a Number, and moved into a BigInt before that could round. */
function total(values: Float64Array): bigint {
  let carried = 0;
  let moved = 0n;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    if (isExact(carried + value)) carried += value;
    else {
      moved += BigInt(carried) + BigInt(value);
      carried = 0;
    }
  }
  return moved + BigInt(carried);
}

/** Tells whether a sum or square of whole numbers came out below 2^53 in size: then it was not rounded. */
function isExact(value: number): boolean {
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
}

function totalOfSquares(values: Float64Array): bigint {
  let carried = 0;
  let moved = 0n;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    const square = value * value;
    if (isExact(square) && isExact(carried + square)) carried += square;
    else moved += BigInt(value) ** 2n;
  }
  return moved + BigInt(carried);
}

function variance(values: Float64Array): number {
  if (values.length < 2) return Number.NaN;
  const n = BigInt(values.length);
  return Number(n * totalOfSquares(values) - total(values) ** 2n) / Number(n * (n - 1n));
}
