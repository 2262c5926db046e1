/** Two columns that order rows: by ts, then by seq. */
export interface OrderColumns {
  readonly ts: Float64Array;
  readonly seq: Float64Array;
}

/**
 * Gives the rows in the order of (ts, seq). Rows that come in a few ascending runs, as base and log do, are merged in
 * O(rows x log runs). @source natural merge sort, Knuth, The Art of Computer Programming, volume 3, 5.2.4
 */
export function sortOrder(columns: OrderColumns): Uint32Array {
  const rows = columns.ts.length;
  let from = new Uint32Array(rows);
  for (let row = 0; row < rows; row += 1) from[row] = row;
  let starts = runStarts(columns);
  let into = new Uint32Array(rows);
  while (starts.length > 1) {
    const merged: number[] = [];
    for (let run = 0; run < starts.length; run += 2) {
      const begin = starts[run] ?? rows;
      const middle = starts[run + 1] ?? rows;
      const end = starts[run + 2] ?? rows;
      mergeRuns(columns, { from, into, begin, middle, end });
      merged.push(begin);
    }
    [from, into] = [into, from];
    starts = merged;
  }
  return from;
}

function runStarts(columns: OrderColumns): number[] {
  const starts: number[] = [];
  for (let row = 0; row < columns.ts.length; row += 1) {
    if (row === 0 || isAfter(columns, row - 1, row)) starts.push(row);
  }
  return starts;
}

interface Merge {
  readonly from: Uint32Array;
  readonly into: Uint32Array;
  /** Runs [begin, middle) and [middle, end). */
  readonly begin: number;
  readonly middle: number;
  readonly end: number;
}

function mergeRuns(columns: OrderColumns, { from, into, begin, middle, end }: Merge): void {
  let left = begin;
  let right = middle;
  for (let at = begin; at < end; at += 1) {
    const takesRight =
      left >= middle || (right < end && isAfter(columns, from[left] ?? 0, from[right] ?? 0));
    if (takesRight) {
      into[at] = from[right] ?? 0;
      right += 1;
    } else {
      into[at] = from[left] ?? 0;
      left += 1;
    }
  }
}

function isAfter({ ts, seq }: OrderColumns, first: number, second: number): boolean {
  const firstTs = ts[first] ?? 0;
  const secondTs = ts[second] ?? 0;
  return firstTs > secondTs || (firstTs === secondTs && (seq[first] ?? 0) > (seq[second] ?? 0));
}
