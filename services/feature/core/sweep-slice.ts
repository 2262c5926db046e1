import { compileView } from '../../shared/compute/compiled-view.ts';
import type { EventColumns } from '../../shared/compute/event-columns.ts';
import type { ViewPlan } from '../../shared/compute/plan.ts';
import { sweepView } from '../../shared/compute/sweep.ts';
import { sweepKnown } from '../../shared/compute/sweep-known.ts';
import { columnOf } from './event-table.ts';
import { GroupNumbers } from './group-numbers.ts';
import type { SharedEvents } from './shared-events.ts';

/** One slice of the entities of a view: the unit of work of a thread. Plain data over shared memory. */
export interface SliceRequest {
  readonly view: ViewPlan;
  /** How far back its windows look, in ms; infinity when one never forgets. */
  readonly reachMs: number;
  readonly events: SharedEvents;
  readonly examples: SliceExamples;
  /** Entities whose keys hash to `slice` modulo `slices` are meant. */
  readonly slice: number;
  readonly slices: number;
  /** Feature values [spine, features of the view] row-major: the rows of the slice's entities are written. */
  readonly values: Float64Array;
}

/** What is asked: entities at times, the times non-decreasing. */
export interface SliceExamples {
  /** Rows of the spine, ascending. */
  readonly rows: Uint32Array;
  /** Time t of each row of the spine. */
  readonly atMs: Float64Array;
  /** Codes of the key columns in the order of the view's `by`, one a row of `rows`; beyond keySizes for a text that no event holds. */
  readonly keys: readonly Uint32Array[];
  /** How many codes each of them has. */
  readonly keySizes: readonly number[];
}

/** Computes the features of a slice; gives how many examples it holds. Each entity costs O(events + examples). */
export function sweepSlice(request: SliceRequest): number {
  const { view, examples, events, slice, slices } = request;
  const compiled = compileView(view);
  const wanted = new GroupNumbers(examples.keySizes);
  const asked = grouped(examples.rows.length, (row) =>
    sliceOf(examples.keys, row, slices) === slice ? wanted.add(examples.keys, row) : none,
  );
  const eventKeys = view.by.map((name) => columnOf(events.keys, name));
  // Entities that nobody asks for are left out before anything is copied.
  const found = grouped(events.rows, (row) => wanted.find(eventKeys, row), wanted.size);
  for (let group = 0; group < wanted.size; group += 1) {
    const rows = asked.rows
      .subarray(asked.starts[group], asked.starts[group + 1])
      .map((index) => examples.rows[index] ?? 0);
    const own = found.rows.subarray(found.starts[group], found.starts[group + 1]);
    const times = picked(examples.atMs, rows);
    const columns = eventsOf(view, events, own);
    const { knownMs } = events;
    const vector =
      knownMs === undefined
        ? sweepView(compiled, columns, times)
        : sweepKnown(
            compiled,
            { events: columns, knownMs: picked(knownMs, own) },
            { times, reachMs: request.reachMs },
          );
    scatter(vector.values, rows, request.values);
  }
  return asked.rows.length;
}

/** Stands for a row of no group. */
const none = -1;

interface Groups {
  /** Rows by group, in their order. */
  readonly rows: Uint32Array;
  /** Where each group begins; one more than there are groups. */
  readonly starts: Uint32Array;
}

/** Mixes the codes of a row's keys. @source the finaliser of murmur3, once for each part */
function sliceOf(keys: readonly Uint32Array[], row: number, slices: number): number {
  let hash = 0;
  for (const codes of keys) {
    hash = Math.imul(hash ^ (codes[row] ?? 0), 0x85ebca6b);
    hash ^= hash >>> 13;
  }
  return (hash >>> 0) % slices;
}

function grouped(rows: number, groupOf: (row: number) => number, groups = 0): Groups {
  const numbers = new Int32Array(rows);
  let counts = new Uint32Array(Math.max(1_024, groups));
  let most = groups;
  for (let row = 0; row < rows; row += 1) {
    const group = groupOf(row);
    numbers[row] = group;
    if (group === none) continue;
    if (group >= counts.length) {
      const grown = new Uint32Array(counts.length * 2);
      grown.set(counts);
      counts = grown;
    }
    counts[group] = (counts[group] ?? 0) + 1;
    if (group >= most) most = group + 1;
  }
  return rowsByGroup(numbers, counts.subarray(0, most));
}

function rowsByGroup(numbers: Int32Array, counts: Uint32Array): Groups {
  const starts = new Uint32Array(counts.length + 1);
  counts.forEach((count, group) => {
    starts[group + 1] = (starts[group] ?? 0) + count;
  });
  const next = starts.slice();
  const rows = new Uint32Array(starts[counts.length] ?? 0);
  for (let row = 0; row < numbers.length; row += 1) {
    const group = numbers[row] ?? none;
    if (group === none) continue;
    const at = next[group] ?? 0;
    rows[at] = row;
    next[group] = at + 1;
  }
  return { rows, starts };
}

function eventsOf(view: ViewPlan, events: SharedEvents, rows: Uint32Array): EventColumns {
  return {
    rows: rows.length,
    ts: picked(events.ts, rows),
    seq: picked(events.seq, rows),
    columns: new Map(
      view.columns.map((name) => [name, picked(columnOf(events.numbers, name), rows)]),
    ),
  };
}

function picked(column: Float64Array, rows: Uint32Array): Float64Array {
  const result = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index += 1) {
    result[index] = column[rows[index] ?? 0] ?? Number.NaN;
  }
  return result;
}

function scatter(from: Float64Array, rows: Uint32Array, into: Float64Array): void {
  const width = rows.length === 0 ? 0 : from.length / rows.length;
  for (let index = 0; index < rows.length; index += 1) {
    const at = (rows[index] ?? 0) * width;
    for (let feature = 0; feature < width; feature += 1) {
      into[at + feature] = from[index * width + feature] ?? Number.NaN;
    }
  }
}
