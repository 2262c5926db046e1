import assert from 'node:assert/strict';
import { totalCount } from '../../../shared/compute/profile-bins.ts';
import { gammaUpper } from './incomplete-gamma.ts';

/** What a chi-square test found. */
export interface ChiSquareTest {
  readonly statistic: number;
  readonly degrees: number;
  /** 0 to 1. */
  readonly pValue: number;
}

/** Gives P(X > statistic) of a chi-square variable; `degrees` is above 0. Relative error about 1e-13. */
export function chiSquareUpper(statistic: number, degrees: number): number {
  return gammaUpper(degrees / 2, statistic / 2);
}

/**
 * Tests whether a window has the shares of categories of the reference: Pearson's test of homogeneity without correction, as scipy's `chi2_contingency` on the two
 * rows. `effectiveRows` independent values stand behind the window's counts. Categories that neither side has are left out; with fewer than two of them, or
 * an empty side, nothing can be said: 0 and 1. Below some 5 expected rows a category the p-value is rough.
 */
export function categoriesTest(
  reference: Uint32Array,
  counts: Uint32Array,
  effectiveRows: number,
): ChiSquareTest {
  assert.equal(counts.length, reference.length, 'wanted counts of the same categories');
  const [referenceRows, rows] = [totalCount(reference), totalCount(counts)];
  if (referenceRows === 0 || rows === 0 || effectiveRows <= 0) {
    return { statistic: 0, degrees: 0, pValue: 1 };
  }
  const weight = effectiveRows / rows;
  const total = referenceRows + effectiveRows;
  let [statistic, used] = [0, 0];
  for (const [category, left] of reference.entries()) {
    const right = (counts[category] ?? 0) * weight;
    if (left + right === 0) continue;
    used += 1;
    const expected = ((left + right) * effectiveRows) / total;
    // Both rows deviate by the same amount, with opposite signs.
    const square = (right - expected) ** 2;
    statistic += square / expected + square / (left + right - expected);
  }
  if (used < 2) return { statistic: 0, degrees: 0, pValue: 1 };
  return { statistic, degrees: used - 1, pValue: chiSquareUpper(statistic, used - 1) };
}

/**
 * Gives the largest difference of shares of one category, 0 to 1 (the L-infinity distance that Vertex AI uses for categories); 0 when one side is empty.
 */
export function largestShareDifference(reference: Uint32Array, counts: Uint32Array): number {
  const [referenceRows, rows] = [totalCount(reference), totalCount(counts)];
  if (referenceRows === 0 || rows === 0) return 0;
  return reference.reduce(
    (most, count, bin) =>
      Math.max(most, Math.abs(count / referenceRows - (counts[bin] ?? 0) / rows)),
    0,
  );
}
