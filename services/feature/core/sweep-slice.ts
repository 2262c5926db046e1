import { compileView } from '../../shared/compute/compiled-view.ts';
import type { EventColumns } from '../../shared/compute/event-columns.ts';
import type { ViewPlan } from '../../shared/compute/plan.ts';
import { sweepView } from '../../shared/compute/sweep.ts';
import { sweepKnown } from '../../shared/compute/sweep-known.ts';
import { columnOf } from './event-table.ts';
import { GroupNumbers, type NumberedRows } from './group-numbers.ts';
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
  const { view, examples, events } = request;
  const compiled = compileView(view);
  const wanted = new GroupNumbers(examples.keySizes);
  const asked = layOut(numberExamples(request, wanted), wanted.size);
  // Entities that nobody asks for are left out before anything is copied.
  const eventKeys = view.by.map((name) => columnOf(events.keys, name));
  const found = wanted.find(
    eventKeys,
    events.rows,
    Math.ceil((1.2 * events.rows) / request.slices),
  );
  const laid = layOut(found, wanted.size);
  const held = eventsOf(view, events, laid);
  const knownMs = events.knownMs === undefined ? undefined : moved(events.knownMs, laid);
  const spineRows = movedRows(asked, examples.rows);
  for (let group = 0; group < wanted.size; group += 1) {
    const rows = spineRows.subarray(asked.starts[group], asked.starts[group + 1]);
    const times = picked(examples.atMs, rows);
    const range = [laid.starts[group] ?? 0, laid.starts[group + 1] ?? 0] as const;
    const columns = eventsBetween(held, range);
    const vector =
      knownMs === undefined
        ? sweepView(compiled, columns, times)
        : sweepKnown(
            compiled,
            { events: columns, knownMs: knownMs.subarray(...range) },
            { times, reachMs: request.reachMs },
          );
    scatter(vector.values, rows, request.values);
  }
  return asked.rows.length;
}

/** Numbers the entities of the slice that are asked for. */
function numberExamples(
  { examples, slice, slices }: SliceRequest,
  wanted: GroupNumbers,
): NumberedRows {
  const rows = new Uint32Array(examples.rows.length);
  const numbers = new Uint32Array(rows.length);
  let count = 0;
  for (let row = 0; row < rows.length; row += 1) {
    if (sliceOf(examples.keys, row, slices) !== slice) continue;
    rows[count] = row;
    numbers[count] = wanted.add(examples.keys, row);
    count += 1;
  }
  return { rows: rows.subarray(0, count), numbers: numbers.subarray(0, count) };
}

/** Where rows go that stand group by group afterwards, in their order within each. */
interface Layout {
  readonly rows: Uint32Array;
  /** Place of each of the rows. */
  readonly places: Uint32Array;
  /** Where each group begins; one more than there are groups. */
  readonly starts: Uint32Array;
}

function layOut({ rows, numbers }: NumberedRows, groups: number): Layout {
  const starts = new Uint32Array(groups + 1);
  for (let index = 0; index < numbers.length; index += 1) {
    const after = (numbers[index] ?? 0) + 1;
    starts[after] = (starts[after] ?? 0) + 1;
  }
  for (let group = 0; group < groups; group += 1) {
    starts[group + 1] = (starts[group + 1] ?? 0) + (starts[group] ?? 0);
  }
  const next = starts.slice();
  const places = new Uint32Array(rows.length);
  for (let index = 0; index < places.length; index += 1) {
    const number = numbers[index] ?? 0;
    const place = next[number] ?? 0;
    places[index] = place;
    next[number] = place + 1;
  }
  return { rows, places, starts };
}

/** Reads a column in its order and writes it group by group: the other way round each value would be a miss of the cache. */
function moved(column: Float64Array, { rows, places }: Layout): Float64Array {
  const result = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index += 1) {
    result[places[index] ?? 0] = column[rows[index] ?? 0] ?? Number.NaN;
  }
  return result;
}

/** As {@link moved}, of row numbers. */
function movedRows({ rows, places }: Layout, column: Uint32Array): Uint32Array {
  const result = new Uint32Array(rows.length);
  for (let index = 0; index < rows.length; index += 1) {
    result[places[index] ?? 0] = column[rows[index] ?? 0] ?? 0;
  }
  return result;
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

function eventsOf(view: ViewPlan, events: SharedEvents, laid: Layout): EventColumns {
  return {
    rows: laid.rows.length,
    ts: moved(events.ts, laid),
    seq: moved(events.seq, laid),
    columns: new Map(
      view.columns.map((name) => [name, moved(columnOf(events.numbers, name), laid)]),
    ),
  };
}

/** Gives the events [from, until), without a copy. */
function eventsBetween(
  { ts, seq, columns }: EventColumns,
  [from, until]: readonly [number, number],
): EventColumns {
  const own = new Map<string, Float64Array>();
  for (const [name, column] of columns) own.set(name, column.subarray(from, until));
  return {
    rows: until - from,
    ts: ts.subarray(from, until),
    seq: seq.subarray(from, until),
    columns: own,
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
