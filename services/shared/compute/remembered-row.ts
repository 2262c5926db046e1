import { featureStatus } from './feature-status.ts';
import type { FeatureVector } from './feature-vector.ts';
import type { ReadPlan } from './read-plan.ts';
import { windowBegin } from './window.ts';

/**
 * What a read of one entity gave, as long as the next one is sure to give the same: an interval of t (from, until], then the
 * values of the plan's features in their order, then their statuses, eight to a number. An empty row has NaN for its
 * interval.
 */
export type RememberedRow = Float64Array;

const valuesFrom = 2;
const statusesPerWord = 8;
const statusBits = 4;
const statusMask = 15;

/** Makes an empty row for a plan. */
export function emptyRow({ features }: ReadPlan): RememberedRow {
  const words = Math.ceil(features.length / statusesPerWord);
  return new Float64Array(valuesFrom + features.length + words).fill(Number.NaN);
}

/** Forgets what a row holds. */
export function forgetRow(row: RememberedRow): void {
  row[0] = Number.NaN;
}

/** Looks at all of a row, so that it is in the processor's caches; what it gives means nothing. */
export function fetchRow(row: RememberedRow): number {
  let sum = 0;
  for (let at = 0; at < row.length; at += cacheLineDoubles) sum += row[at] ?? 0;
  return sum;
}

/** A line of the caches holds 64 bytes. */
const cacheLineDoubles = 8;

/** Gives whether a read at time t is sure to give what the row holds. */
export function isHeldAt(row: RememberedRow, t: number): boolean {
  // Sums of times are exact where all are whole: elsewhere a bound is compared with the time that it was made from.
  return t > (row[0] ?? t) && t <= (row[1] ?? t) && Math.floor(t) === t;
}

/** Puts what a row holds into a vector, from `offset` on. */
export function giveRow(
  row: RememberedRow,
  { cells: { indexes } }: ReadPlan,
  { values, statuses }: FeatureVector,
  offset: number,
): void {
  const count = indexes.length;
  let word = 0;
  for (let at = 0; at < count; at += 1) {
    if (at % statusesPerWord === 0) {
      word = (row[valuesFrom + count + at / statusesPerWord] ?? 0) | 0;
    }
    const index = offset + (indexes[at] ?? 0);
    values[index] = row[valuesFrom + at] ?? Number.NaN;
    statuses[index] = word & statusMask;
    word >>>= statusBits;
  }
}

/** What a row is made of. */
export interface ReadAt {
  readonly t: number;
  readonly plan: ReadPlan;
  /** Bounds of the plan's ends and of the begins of its windows, as EntityReads has them. */
  readonly memory: Float64Array;
  /** What was read, from `offset` on. */
  readonly vector: FeatureVector;
  readonly offset: number;
}

/** Makes a row hold what was just read. */
export function rememberRow(row: RememberedRow, read: ReadAt): void {
  const { cells, features } = read.plan;
  const { values, statuses } = read.vector;
  const count = features.length;
  for (let at = 0; at < count; at += 1) {
    row[valuesFrom + at] = values[read.offset + (cells.indexes[at] ?? 0)] ?? Number.NaN;
  }
  for (let first = 0; first < count; first += statusesPerWord) {
    let word = 0;
    for (let at = Math.min(count, first + statusesPerWord) - 1; at >= first; at -= 1) {
      const status = statuses[read.offset + (cells.indexes[at] ?? 0)] ?? featureStatus.null;
      word = (word << statusBits) | status;
    }
    row[valuesFrom + count + first / statusesPerWord] = word;
  }
  const { from, until } = intervalOf(read);
  row[0] = from;
  row[1] = until;
}

/** Times (from, until] at which a read gives the same, as long as no event comes or goes. */
interface Interval {
  from: number;
  until: number;
}

function intervalOf({ t, plan, memory }: ReadAt): Interval {
  const interval = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  const boundBy = (slot: number, shift: number): void =>
    narrow(interval, (memory[slot] ?? t) + shift, (memory[slot + 1] ?? t) + shift);
  for (const { slot, delayMs } of plan.ends) boundBy(slot, delayMs);
  for (const { window, slot } of plan.windows) {
    switch (window.kind) {
      case 'sliding':
        boundBy(slot, window.delayMs + window.lengthMs);
        break;
      case 'sawtooth': {
        const begin = windowBegin(window, t) + window.delayMs + window.lengthMs;
        narrow(interval, begin - 1, begin + window.hopMs - 1);
        break;
      }
      case 'lifetime':
        boundBy(slot, window.delayMs);
    }
  }
  if (plan.cells.leastMaxAgeMs === Number.POSITIVE_INFINITY) return interval;
  for (const { maxAgeMs, window } of plan.features) {
    const newestTs = memory[window.end.slot] ?? t;
    const edge = newestTs + maxAgeMs;
    if (t <= edge) narrow(interval, Number.NEGATIVE_INFINITY, edge);
    else narrow(interval, edge, Number.POSITIVE_INFINITY);
  }
  return interval;
}

function narrow(interval: Interval, from: number, until: number): void {
  if (from > interval.from) interval.from = from;
  if (until < interval.until) interval.until = until;
}
