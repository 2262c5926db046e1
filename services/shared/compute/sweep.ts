import assert from 'node:assert/strict';
import { ExtremeQueue } from './accumulator/extreme-queue.ts';
import { finishMean, finishStddev, finishVariance } from './accumulator/finish.ts';
import { Moments } from './accumulator/moments.ts';
import type { CompiledFeature, CompiledLane, CompiledView } from './compiled-view.ts';
import { type EventColumns, pickColumns } from './event-columns.ts';
import { FeatureVector } from './feature-vector.ts';
import { type LanePrefixes, lanePrefixes, prefixWindow } from './lane-prefixes.ts';

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
  const contributions = view.lanes.map((lane) => contributionsOf(lane, columns, events.rows));
  const prefixes = view.lanes.map((lane, index) =>
    lanePrefixes(lane, contributions[index] ?? new Float64Array(0)),
  );
  const ends = boundaries(events, times, 0);
  const begins = view.windows.map((windowMs) => boundaries(events, times, windowMs));
  const ages = agesOf(events, times, ends);
  const vector = new FeatureVector(times.length * view.features.length);
  view.features.forEach((feature, featureIndex) => {
    const values = contributions[feature.laneIndex];
    const starts = begins[feature.windowIndex];
    assert(values !== undefined && starts !== undefined, 'lanes and windows are complete');
    const windowAt = windowFunction(feature, values, prefixes[feature.laneIndex]);
    for (let row = 0; row < times.length; row += 1) {
      const found = windowAt(starts[row] ?? 0, ends[row] ?? 0);
      const cell = row * view.features.length + featureIndex;
      vector.resolve(cell, feature, found, ages[row] ?? Number.POSITIVE_INFINITY);
    }
  });
  return vector;
}

/** A window over the contributions of all events that only moves forward. */
interface SlidingWindow {
  /** Moves to the events at index [begin, end) and gives the aggregate; NaN when there is nothing to compute from. */
  moveTo(begin: number, end: number): number;
}

/** Prefixes where they are exact and serve, else a window that slides. */
function windowFunction(
  feature: CompiledFeature,
  values: Float64Array,
  prefixes: LanePrefixes | undefined,
): (begin: number, end: number) => number {
  const direct = prefixes === undefined ? undefined : prefixWindow(feature.operator, prefixes);
  if (direct !== undefined) return direct;
  const window = slidingWindow(feature, values);
  return (begin, end) => window.moveTo(begin, end);
}

function slidingWindow(feature: CompiledFeature, values: Float64Array): SlidingWindow {
  switch (feature.operator) {
    case 'min':
    case 'max':
      return new ExtremeQueue(values, feature.operator);
    case 'count':
      return new MomentsWindow(values, (moments) => moments.count);
    case 'sum':
      return new MomentsWindow(values, (moments) => moments.sum.toNumber());
    case 'mean':
    case 'rate':
      return new MomentsWindow(values, ({ count, sum }) => finishMean(count, sum.toNumber()));
    case 'variance':
      return new MomentsWindow(values, ({ count, sum, squares }) =>
        finishVariance(count, sum.toBigInt(), squares.toBigInt()),
      );
    case 'stddev':
      return new MomentsWindow(values, ({ count, sum, squares }) =>
        finishStddev(count, sum.toBigInt(), squares.toBigInt()),
      );
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

function contributionsOf(
  lane: CompiledLane,
  columns: readonly Float64Array[],
  rows: number,
): Float64Array {
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) values[row] = lane.evaluate(columns, row);
  return values;
}

/** For each time, the number of events with ts < time - backMs. */
function boundaries(events: EventColumns, times: Float64Array, backMs: number): Uint32Array {
  const indexes = new Uint32Array(times.length);
  const { ts, rows } = events;
  let index = 0;
  for (let row = 0; row < times.length; row += 1) {
    const bound = (times[row] ?? 0) - backMs;
    while (index < rows && (ts[index] ?? 0) < bound) index += 1;
    indexes[row] = index;
  }
  return indexes;
}

function agesOf(events: EventColumns, times: Float64Array, ends: Uint32Array): Float64Array {
  return times.map((time, row) => {
    const end = ends[row] ?? 0;
    return end === 0 ? Number.POSITIVE_INFINITY : time - (events.ts[end - 1] ?? 0);
  });
}

function assertAscending(times: Float64Array): void {
  for (let row = 1; row < times.length; row += 1) {
    assert((times[row - 1] ?? 0) <= (times[row] ?? 0), 'times of a sweep are non-decreasing');
  }
}
