import assert from 'node:assert/strict';
import { normalUpperQuantile } from './normal.ts';

/** An area under the ROC curve with how sure it is. */
export interface AucInterval {
  /** 0 to 1. */
  readonly auc: number;
  /** Of the area. */
  readonly variance: number;
  /** Two-sided bounds of a single look, within 0 and 1. */
  readonly lower: number;
  readonly upper: number;
}

/** How much the areas of two models differ on the same rows. */
export interface AucDifference {
  /** Second less first, -1 to 1. */
  readonly difference: number;
  readonly variance: number;
}

/** What each row adds to an area: for a positive the share of negatives below it, for a negative the share of positives above it; ties count half. */
interface Placements {
  readonly auc: number;
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/**
 * Gives the area under the curve with its bounds at `alpha`; undefined with fewer than two rows of either label. Rows count as independent. Costs two sorts.
 * @source DeLong, DeLong and Clarke-Pearson 1988, by ranks as Sun and Xu 2014
 */
export function aucInterval(
  scores: Float64Array,
  labels: Float32Array,
  alpha: number,
): AucInterval | undefined {
  const found = placementsOf(scores, labels);
  if (found === undefined) return undefined;
  const { auc, positives, negatives } = found;
  const variance =
    varianceOf(positives) / positives.length + varianceOf(negatives) / negatives.length;
  const width = normalUpperQuantile(alpha / 2) * Math.sqrt(variance);
  return { auc, variance, lower: Math.max(0, auc - width), upper: Math.min(1, auc + width) };
}

/** Compares the areas of two models on the same rows, whose answers go together; undefined with fewer than two rows of either label. See {@link aucInterval}. */
export function aucDifference(
  first: Float64Array,
  second: Float64Array,
  labels: Float32Array,
): AucDifference | undefined {
  const [left, right] = [placementsOf(first, labels), placementsOf(second, labels)];
  if (left === undefined || right === undefined) return undefined;
  const positives = right.positives.map((value, row) => value - (left.positives[row] ?? 0));
  const negatives = right.negatives.map((value, row) => value - (left.negatives[row] ?? 0));
  return {
    difference: right.auc - left.auc,
    variance: varianceOf(positives) / positives.length + varianceOf(negatives) / negatives.length,
  };
}

function placementsOf(scores: Float64Array, labels: Float32Array): Placements | undefined {
  assert.equal(labels.length, scores.length, 'wanted a label for each score');
  const of = (label: number) => scores.filter((_, row) => (labels[row] ?? 0) === label);
  const [positives, negatives] = [of(1), of(0)];
  if (positives.length < 2 || negatives.length < 2) return undefined;
  const below = sharesBelow(positives, negatives.slice().sort());
  const above = sharesBelow(negatives, positives.slice().sort()).map((share) => 1 - share);
  const auc = below.reduce((sum, share) => sum + share, 0) / below.length;
  return { auc, positives: below, negatives: above };
}

/** Gives for each value the share of the ascending others that are below it, ties counting half. */
function sharesBelow(values: Float64Array, others: Float64Array): Float64Array {
  return values.map(
    (value) =>
      (countBelow(others, value, false) + countBelow(others, value, true)) / (2 * others.length),
  );
}

function countBelow(ascending: Float64Array, value: number, isEqualIn: boolean): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = ascending[middle] ?? 0;
    if (found < value || (isEqualIn && found === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
