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

// -zeta(1/2) / sqrt(2 pi).
const gridShift = 0.5825971579390106;

/**
 * Tests whether a window has the distribution of the reference, by counts over the same bins. The distributions are compared at the edges alone, where their largest distance is a little smaller than between: the p-value
 * allows for that, as for bins of about equal counts, so that it is right at 128 bins rather than conservative by a third. Where either side is empty, nothing can be said: 0 and 1. O(bins), and O(rows) for the p-value at worst. Columns of at most
 * 20 different values belong to {@link categoriesTest}, since ties make this test conservative.
 * @source correction of a maximum over a grid: Chernoff 1965; Siegmund 1985, "Sequential Analysis"
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
  if (count < 1 || statistic === 0) return { statistic, pValue: 1 };
  const distance = statistic + gridShift / Math.sqrt(reference.length * count);
  return { statistic, pValue: kolmogorovTail(distance, count) };
}
