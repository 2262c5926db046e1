import type { CompiledView } from './compiled-view.ts';
import type { EventColumns } from './event-columns.ts';
import { FeatureVector } from './feature-vector.ts';
import { sweepView } from './sweep.ts';

/** Events that were known only some time after they had become visible. */
export interface KnownEvents {
  readonly events: EventColumns;
  /** From when on each event was known, epoch ms; not later than its ts where it came in time. */
  readonly knownMs: Float64Array;
}

/**
 * Computes what {@link sweepView} does out of the events that were known before each time: an event counts at t when its ts
 * and the time at which it became known are both before t. `reachMs` is how far back the view looks. Times at which nothing
 * is missing cost what they cost there; the others are computed in groups that miss the same events, each over the events in
 * its reach.
 */
export function sweepKnown(
  view: CompiledView,
  { events, knownMs }: KnownEvents,
  { times, reachMs }: { readonly times: Float64Array; readonly reachMs: number },
): FeatureVector {
  const groups = groupByMissing(events, knownMs, times);
  const vector = new FeatureVector(times.length * view.features.length);
  const complete: number[] = [];
  for (const { begin, end, missing } of groups) {
    if (missing.size > 0) continue;
    for (let row = begin; row < end; row += 1) complete.push(row);
  }
  put(vector, sweepView(view, events, picked(times, complete)), complete);
  for (const { begin, end, missing } of groups) {
    if (missing.size === 0) continue;
    const own = times.subarray(begin, end);
    const seen = withoutMissing(events, missing, {
      fromTs: (own[0] ?? 0) - reachMs,
      untilTs: own[own.length - 1] ?? 0,
    });
    const rows = Array.from(own, (_, index) => begin + index);
    put(vector, sweepView(view, seen, own), rows);
  }
  return vector;
}

/** Times [begin, end) that miss the same events, though they are visible before. */
interface TimeGroup {
  readonly begin: number;
  readonly end: number;
  readonly missing: ReadonlySet<number>;
}

function groupByMissing(
  { ts, rows }: EventColumns,
  knownMs: Float64Array,
  times: Float64Array,
): readonly TimeGroup[] {
  const groups: TimeGroup[] = [];
  let missing = new Set<number>();
  let begin = 0;
  let visible = 0;
  for (let row = 0; row < times.length; row += 1) {
    const t = times[row] ?? 0;
    const next = new Set([...missing].filter((event) => !((knownMs[event] ?? 0) < t)));
    let hasChanged = next.size < missing.size;
    for (; visible < rows && (ts[visible] ?? 0) < t; visible += 1) {
      if ((knownMs[visible] ?? 0) < t) continue;
      next.add(visible);
      hasChanged = true;
    }
    if (!hasChanged) continue;
    if (row > begin) groups.push({ begin, end: row, missing });
    begin = row;
    missing = next;
  }
  groups.push({ begin, end: times.length, missing });
  return groups;
}

/** Events of the interval that are not missing, and the newest such before it: its age counts, its value is out of reach. */
function withoutMissing(
  events: EventColumns,
  missing: ReadonlySet<number>,
  { fromTs, untilTs }: { readonly fromTs: number; readonly untilTs: number },
): EventColumns {
  const kept: number[] = [];
  let newestBefore: number | undefined;
  for (let row = 0; row < events.rows; row += 1) {
    const ts = events.ts[row] ?? 0;
    if (ts >= untilTs) break;
    if (missing.has(row)) continue;
    if (ts >= fromTs) kept.push(row);
    else newestBefore = row;
  }
  if (newestBefore !== undefined) kept.unshift(newestBefore);
  return {
    rows: kept.length,
    ts: picked(events.ts, kept),
    seq: picked(events.seq, kept),
    columns: new Map([...events.columns].map(([name, column]) => [name, picked(column, kept)])),
  };
}

function picked(column: Float64Array, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => column[row] ?? Number.NaN);
}

function put(vector: FeatureVector, part: FeatureVector, rows: readonly number[]): void {
  const width = rows.length === 0 ? 0 : part.values.length / rows.length;
  rows.forEach((row, index) => {
    vector.values.set(part.values.subarray(index * width, (index + 1) * width), row * width);
    vector.statuses.set(part.statuses.subarray(index * width, (index + 1) * width), row * width);
  });
}
