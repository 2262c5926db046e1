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
  // A whole number: one that is not would be an object of its own.
  let zeros = 0;
  for (let at = 0; at < row.length; at += cacheLineDoubles) if (row[at] === 0) zeros += 1;
  return zeros;
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
  holdBetween(row, read);
}

/** Says at which times (from, until] a read gives the same, as long as no event comes or goes. */
function holdBetween(row: RememberedRow, { t, plan, memory }: ReadAt): void {
  row[0] = Number.NEGATIVE_INFINITY;
  row[1] = Number.POSITIVE_INFINITY;
  for (const { slot, delayMs } of plan.ends) narrow(row, memory, slot, delayMs);
  for (const { window, slot } of plan.windows) {
    switch (window.kind) {
      case 'sliding':
        narrow(row, memory, slot, window.delayMs + window.lengthMs);
        break;
      case 'sawtooth': {
        const begin = windowBegin(window, t) + window.delayMs + window.lengthMs;
        holdAfter(row, begin - 1);
        holdUntil(row, begin + window.hopMs - 1);
        break;
      }
      case 'lifetime':
        narrow(row, memory, slot, window.delayMs);
    }
  }
  if (plan.cells.leastMaxAgeMs === Number.POSITIVE_INFINITY) return;
  for (const { maxAgeMs, window } of plan.features) {
    const edge = (memory[window.end.slot] ?? t) + maxAgeMs;
    if (t <= edge) holdUntil(row, edge);
    else holdAfter(row, edge);
  }
}

/** The bounds (from, until] of a slot are those of t less `shift`. */
function narrow(row: RememberedRow, memory: Float64Array, slot: number, shift: number): void {
  holdAfter(row, (memory[slot] ?? Number.NaN) + shift);
  holdUntil(row, (memory[slot + 1] ?? Number.NaN) + shift);
}

function holdAfter(row: RememberedRow, from: number): void {
  if (from > (row[0] ?? from)) row[0] = from;
}

function holdUntil(row: RememberedRow, until: number): void {
  if (until < (row[1] ?? until)) row[1] = until;
}
