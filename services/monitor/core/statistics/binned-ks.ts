import { binnedKs } from '../../../shared/compute/profile-bins.ts';
import { kolmogorovTail } from './kolmogorov-tail.ts';

/** What a Kolmogorov-Smirnov test on bins found. */
export interface BinnedKsTest {
  /** Largest distance of the cumulative distributions at the edges of bins, 0 to 1. */
  readonly statistic: number;
  /** 0 to 1. */
  readonly pValue: number;
}

/** How many independent values stand behind counts. */
export interface KsSizes {
  /** Of the reference; infinity where its distribution is known: the one-sample form. */
  readonly referenceRows: number;
  /** Of the window: {@link kishSampleSize} rather than its requests. */
  readonly effectiveRows: number;
}

/**
 * Tests whether a window has the distribution of the reference, by counts over the same bins. At 128 quantile bins the false alarms at nominal 5 % are 3 to 8 %,
 * and a shift is found nearly as often as on the values. Where either side is empty, nothing can be said: 0 and 1. O(bins), and O(rows) for the p-value at worst.
 * Columns of at most 20 different values belong to {@link categoriesTest}, since ties make this test conservative.
 */
export function binnedKsTest(
  reference: Uint32Array,
  counts: Uint32Array,
  { referenceRows, effectiveRows }: KsSizes,
): BinnedKsTest {
  const statistic = binnedKs(reference, counts);
  const rows = Number.isFinite(referenceRows)
    ? (referenceRows * effectiveRows) / (referenceRows + effectiveRows)
    : effectiveRows;
  const count = Math.floor(rows);
  return { statistic, pValue: count < 1 ? 1 : kolmogorovTail(statistic, count) };
}
