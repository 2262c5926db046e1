import assert from 'node:assert/strict';
import type { Accumulator, Contribution, GroupAccumulator } from './accumulator/accumulator.ts';
import type {
  AccumulatorKind,
  CompiledAggregate,
  GroupKind,
  TotalsOperator,
} from './accumulator/compiled-aggregate.ts';
import { ExtremeQueue } from './accumulator/extreme-queue.ts';
import { finishMean, finishStddev, finishSum, finishVariance } from './accumulator/finish.ts';
import { Moments } from './accumulator/moments.ts';
import type { CompiledLane, CompiledView } from './compiled-view.ts';
import { type EventColumns, pickColumns } from './event-columns.ts';
import type { RowFunction } from './expression.ts';
import { FeatureVector } from './feature-vector.ts';
import {
  type LanePrefixes,
  lanePrefixes,
  prefixWindow,
  type WindowFunction,
} from './lane-prefixes.ts';
import type { WindowPlan } from './plan.ts';
import { windowBegin, windowEnd } from './window.ts';

/**
 * Computes all features of a view at many times, for the events of one entity: [times, features] row-major. `times` are
 * epoch ms, non-decreasing. Each feature costs O(events + times).
 */
export function sweepView(
  view: CompiledView,
  events: EventColumns,
  times: Float64Array,
): FeatureVector {
  assertAscending(times);
  const columns = pickColumns(events, view.plan.columns);
  const lanes = view.lanes.map((lane) => sweepLane(lane, columns, events));
  const ranges = view.windows.map((window) => windowRanges(window, events, times));
  const vector = new FeatureVector(times.length * view.features.length);
  view.features.forEach((feature, featureIndex) => {
    const lane = lanes[feature.laneIndex];
    const range = ranges[feature.windowIndex];
    assert(lane !== undefined && range !== undefined, 'lanes and windows are complete');
    const windowAt = windowFunction(feature.aggregate, lane);
    const { begins, ends, ages } = range;
    const width = view.features.length;
    for (let row = 0; row < times.length; row += 1) {
      const found = windowAt(begins[row] ?? 0, ends[row] ?? 0);
      const ageMs = ages[row] ?? Number.POSITIVE_INFINITY;
      vector.resolve(row * width + featureIndex, feature, found, ageMs);
    }
  });
  return vector;
}

/** A window over the contributions of all events that only moves forward. */
interface SlidingWindow {
  /** Moves to the events at index [begin, end) and gives the aggregate; NaN when there is nothing to compute from. */
  moveTo(begin: number, end: number): number;
}

/** What the events of an entity contribute to one lane. */
interface SweepLane {
  /** NaN where an event doesn't count. */
  readonly values: Float64Array;
  /** Undefined where operators take one value. */
  readonly others: Float64Array | undefined;
  readonly ts: Float64Array;
  readonly seq: Float64Array;
  /** Undefined where they would not be exact. */
  readonly prefixes: LanePrefixes | undefined;
}

function sweepLane(
  lane: CompiledLane,
  columns: readonly Float64Array[],
  { rows, ts, seq }: EventColumns,
): SweepLane {
  const { evaluate, evaluateOther, evaluateAll } = lane;
  const values =
    evaluateOther === undefined
      ? evaluateAll({ columns, rows })
      : evaluated(evaluate, columns, rows);
  const others = evaluateOther === undefined ? undefined : evaluated(evaluateOther, columns, rows);
  return { values, others, ts, seq, prefixes: lanePrefixes(lane, values) };
}

/** Prefixes where they are exact and serve, else a window that slides. */
function windowFunction(aggregate: CompiledAggregate, lane: SweepLane): WindowFunction {
  switch (aggregate.method) {
    case 'totals':
      if (lane.prefixes !== undefined) {
        return prefixWindow(aggregate.operator, aggregate.unit, lane.prefixes);
      }
      return sliding(new MomentsWindow(lane.values, momentsFinisher(aggregate)));
    case 'extremes': {
      const queue = new ExtremeQueue(lane.values, aggregate.operator);
      return (begin, end) => queue.moveTo(begin, end) / aggregate.unit;
    }
    case 'group':
      return sliding(new GroupWindow(lane, aggregate.kind));
    case 'monoid':
      return blockWindow(lane, aggregate.kind);
    case 'fold':
      return (begin, end) => {
        const fold = aggregate.create();
        eachEvent(lane, { begin, end }, (event) => fold.add(event));
        return fold.value();
      };
  }
}

function sliding(window: SlidingWindow): WindowFunction {
  return (begin, end) => window.moveTo(begin, end);
}

function momentsFinisher({
  operator,
  unit,
}: {
  readonly operator: TotalsOperator;
  readonly unit: number;
}): (moments: Moments) => number {
  switch (operator) {
    case 'count':
      return ({ count }) => count;
    case 'sum':
      return ({ sum }) => finishSum(sum.toBigInt(), unit);
    case 'mean':
    case 'rate':
      return ({ count, sum }) => finishMean(count, sum.toBigInt(), unit);
    case 'variance':
      return ({ count, sum, squares }) =>
        finishVariance(count, sum.toBigInt(), { squares: squares.toBigInt(), unit });
    case 'stddev':
      return ({ count, sum, squares }) =>
        finishStddev(count, sum.toBigInt(), { squares: squares.toBigInt(), unit });
  }
}

/** Adds what enters and removes what leaves: exact, since the moments are a group. */
class MomentsWindow implements SlidingWindow {
  readonly #values: Float64Array;
  readonly #finish: (moments: Moments) => number;
  readonly #moments = new Moments();
  #begin = 0;
  #end = 0;

  constructor(values: Float64Array, finish: (moments: Moments) => number) {
    this.#values = values;
    this.#finish = finish;
  }

  moveTo(begin: number, end: number): number {
    for (; this.#end < end; this.#end += 1) {
      const value = this.#values[this.#end] ?? Number.NaN;
      if (!Number.isNaN(value)) this.#moments.add(value);
    }
    for (; this.#begin < begin; this.#begin += 1) {
      const value = this.#values[this.#begin] ?? Number.NaN;
      if (!Number.isNaN(value)) this.#moments.remove(value);
    }
    return this.#finish(this.#moments);
  }
}

/** Adds what enters and removes what leaves; the value is worked out again only after a change. */
class GroupWindow implements SlidingWindow {
  readonly #lane: SweepLane;
  readonly #kind: GroupKind;
  readonly #accumulator: GroupAccumulator;
  #begin = 0;
  #end = 0;
  #value: number | undefined;

  constructor(lane: SweepLane, kind: GroupKind) {
    this.#lane = lane;
    this.#kind = kind;
    this.#accumulator = kind.create();
  }

  moveTo(begin: number, end: number): number {
    if (begin > this.#begin || end > this.#end) {
      eachEvent(this.#lane, { begin: this.#end, end }, (event) => this.#accumulator.add(event));
      eachEvent(this.#lane, { begin: this.#begin, end: begin }, (event) =>
        this.#accumulator.remove(event),
      );
      this.#begin = begin;
      this.#end = end;
      this.#value = undefined;
    }
    this.#value ??= this.#kind.finish(this.#accumulator);
    return this.#value;
  }
}

/** Events of a block: a window folds at most two of them event by event, and merges those between. */
const blockRows = 256;

function blockWindow(lane: SweepLane, kind: AccumulatorKind): WindowFunction {
  const blocks: Accumulator[] = [];
  const blockAt = (block: number): Accumulator => {
    const known = blocks[block];
    if (known !== undefined) return known;
    const made = kind.create();
    const begin = block * blockRows;
    eachEvent(lane, { begin, end: begin + blockRows }, (event) => made.add(event));
    blocks[block] = made;
    return made;
  };
  return (begin, end) => {
    const window = kind.create();
    const add = (event: Contribution): void => window.add(event);
    let row = begin;
    while (row < end) {
      const next = Math.min(end, (Math.floor(row / blockRows) + 1) * blockRows);
      if (next - row === blockRows) window.merge(blockAt(row / blockRows));
      else eachEvent(lane, { begin: row, end: next }, add);
      row = next;
    }
    return kind.finish(window);
  };
}

function eachEvent(
  { values, others, ts, seq }: SweepLane,
  { begin, end }: { readonly begin: number; readonly end: number },
  take: (event: Contribution) => void,
): void {
  // One object for all events: whoever takes one copies what it keeps.
  const event = { x: 0, y: Number.NaN, ts: 0, seq: 0 };
  for (let row = begin; row < end && row < values.length; row += 1) {
    const x = values[row] ?? Number.NaN;
    if (Number.isNaN(x)) continue;
    event.x = x;
    if (others !== undefined) event.y = others[row] ?? Number.NaN;
    event.ts = ts[row] ?? 0;
    event.seq = seq[row] ?? 0;
    take(event);
  }
}

function evaluated(
  evaluate: RowFunction,
  columns: readonly Float64Array[],
  rows: number,
): Float64Array {
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) values[row] = evaluate(columns, row);
  return values;
}

/** For each time, which events a window holds, and the age of the newest one before its end. */
interface WindowRanges {
  readonly begins: Uint32Array;
  readonly ends: Uint32Array;
  readonly ages: Float64Array;
}

function windowRanges(window: WindowPlan, events: EventColumns, times: Float64Array): WindowRanges {
  const begins = boundaries(events, times, (time) => windowBegin(window, time));
  const ends = boundaries(events, times, (time) => windowEnd(window, time));
  const ages = times.map((time, row) => {
    const end = ends[row] ?? 0;
    return end === 0 ? Number.POSITIVE_INFINITY : time - (events.ts[end - 1] ?? 0);
  });
  return { begins, ends, ages };
}

/** For each time, the number of events with ts below a bound that doesn't go back. */
function boundaries(
  { ts, rows }: EventColumns,
  times: Float64Array,
  boundOf: (time: number) => number,
): Uint32Array {
  const indexes = new Uint32Array(times.length);
  let index = 0;
  for (let row = 0; row < times.length; row += 1) {
    const bound = boundOf(times[row] ?? 0);
    while (index < rows && (ts[index] ?? 0) < bound) index += 1;
    indexes[row] = index;
  }
  return indexes;
}

function assertAscending(times: Float64Array): void {
  for (let row = 1; row < times.length; row += 1) {
    assert((times[row - 1] ?? 0) <= (times[row] ?? 0), 'times of a sweep are non-decreasing');
  }
}
