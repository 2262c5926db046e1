import { binomialDensity } from './binomial-density.ts';
import { normalUpper } from './normal.ts';

/** Some of `rows` rows: those without a value, or with an unseen category. Effective rows need not be whole. */
export interface ShareCount {
  readonly count: number;
  readonly rows: number;
}

/** What a comparison of two shares found. */
export interface ShareTest {
  /** Second share minus first, -1 to 1. */
  readonly difference: number;
  /** Standard errors that the difference is away from 0. */
  readonly z: number;
  /** Chance of a difference at least so large in this direction, 0 to 1. */
  readonly pUpper: number;
  /** Of a difference at least so large in either direction, 0 to 1. */
  readonly pValue: number;
}

/**
 * Compares the shares of two samples by the pooled z-test; twice the upper tail is the p-value of scipy's `chi2_contingency` on the table, without correction. Without
 * rows, or where all or none count on both sides, nothing can be said: z is 0.
 */
export function compareShares(first: ShareCount, second: ShareCount): ShareTest {
  const rows = first.rows + second.rows;
  const pooled = (first.count + second.count) / rows;
  if (!(first.rows > 0 && second.rows > 0) || pooled <= 0 || pooled >= 1) {
    return { difference: 0, z: 0, pUpper: 0.5, pValue: 1 };
  }
  const difference = second.count / second.rows - first.count / first.rows;
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / first.rows + 1 / second.rows));
  const z = difference / error;
  return { difference, z, pUpper: normalUpper(z), pValue: 2 * normalUpper(Math.abs(z)) };
}

/**
 * Gives the chance that at least `second.count` of all counted rows fall into the second sample when both have one share: Fisher's exact test, one-sided, for whole
 * numbers. For rare things, such as categories that the reference never had, where the z-test is wrong. O(counted rows). As scipy's `fisher_exact(..., 'greater')`.
 */
export function fisherUpper(first: ShareCount, second: ShareCount): number {
  const counted = first.count + second.count;
  const total = first.rows + second.rows;
  if (second.count === 0 || counted === total) return 1;
  const most = Math.min(counted, second.rows);
  // Three binomial densities with a share of our choice, so that large factorials do not cancel.
  const [share, others] = [counted / total, (total - counted) / total];
  const all = binomialDensity(counted, total, share, others);
  let sum = 0;
  for (let count = second.count; count <= most; count += 1) {
    if (counted - count > first.rows) continue;
    const inSecond = binomialDensity(count, second.rows, share, others);
    sum += (inSecond * binomialDensity(counted - count, first.rows, share, others)) / all;
  }
  return Math.min(1, sum);
}
