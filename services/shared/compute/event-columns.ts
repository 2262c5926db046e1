import assert from 'node:assert/strict';

/** Events, columnar, sorted by (ts, seq). Callers own the arrays and must not change them while another reads. */
export interface EventColumns {
  readonly rows: number;
  /** Visible time of each event: epoch ms, non-decreasing. */
  readonly ts: Float64Array;
  /** Position in the event log, from 1; ascending where ts is equal. */
  readonly seq: Float64Array;
  /** Numeric columns by name, `rows` long; NaN where the value is missing. */
  readonly columns: ReadonlyMap<string, Float64Array>;
}

/** Gives the columns with these names, in this order. Every name must be there: the plan says which are needed. */
export function pickColumns(
  events: EventColumns,
  names: readonly string[],
): readonly Float64Array[] {
  return names.map((name) => {
    const column = events.columns.get(name);
    assert(column !== undefined, `event columns hold no '${name}'`);
    return column;
  });
}

/** Gives the first index in [from, until) of ascending `values` whose value is not below `bound`; `until` when none. */
export function lowerBound(
  values: Float64Array,
  bound: number,
  from: number,
  until: number,
): number {
  let low = from;
  let high = until;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? Number.POSITIVE_INFINITY) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
