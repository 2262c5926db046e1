import { compileContribution } from './compiled-view.ts';
import { type EventColumns, pickColumns } from './event-columns.ts';
import { FeatureVector } from './feature-vector.ts';
import type { AggregateOperator, FeaturePlan, ViewPlan } from './plan.ts';

/**
 * Computes the features of a view by the letter of their definition: keep the entity's events with seq <= logOffset and ts
 * in [t - window, t), fold them in BigInt. Slow on purpose: it shares no state, index or incremental step with the online
 * and the offline way, so that an audit which compares them means something. O(events) for each feature.
 */
export function recomputeView(
  view: ViewPlan,
  events: EventColumns,
  t: number,
  logOffset: number,
): FeatureVector {
  const seen = visibleEvents(events, t, logOffset);
  const newest = seen.reduce((max, event) => Math.max(max, event.ts), Number.NEGATIVE_INFINITY);
  const columns = pickColumns(events, view.columns);
  const vector = new FeatureVector(view.features.length);
  view.features.forEach((feature, index) => {
    const contribution = compileContribution(feature, view.columns);
    const from = feature.windowMs === 'lifetime' ? Number.NEGATIVE_INFINITY : t - feature.windowMs;
    const values = seen
      .filter((event) => event.ts >= from)
      .map((event) => contribution(columns, event.row))
      .filter((value) => !Number.isNaN(value));
    vector.resolve(
      index,
      missingRule(feature),
      fold(feature.aggregate.operator, values),
      t - newest,
    );
  });
  return vector;
}

interface VisibleEvent {
  readonly row: number;
  readonly ts: number;
}

function visibleEvents(
  events: EventColumns,
  t: number,
  logOffset: number,
): readonly VisibleEvent[] {
  const visible: VisibleEvent[] = [];
  for (let row = 0; row < events.rows; row += 1) {
    const ts = events.ts[row] ?? Number.NaN;
    const seq = events.seq[row] ?? Number.NaN;
    if (ts < t && seq <= logOffset) visible.push({ row, ts });
  }
  return visible;
}

function missingRule(feature: FeaturePlan): {
  readonly default: number;
  readonly maxAgeMs: number;
} {
  return { default: feature.default, maxAgeMs: feature.maxAgeMs ?? Number.POSITIVE_INFINITY };
}

function fold(operator: AggregateOperator, values: readonly number[]): number {
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

function total(values: readonly number[]): bigint {
  return values.reduce((sum, value) => sum + BigInt(value), 0n);
}

function variance(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  const n = BigInt(values.length);
  const squares = values.reduce((sum, value) => sum + BigInt(value) ** 2n, 0n);
  return Number(n * squares - total(values) ** 2n) / Number(n * (n - 1n));
}
