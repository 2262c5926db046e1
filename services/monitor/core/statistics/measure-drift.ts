import { binnedKs, populationStability } from '../../../shared/compute/profile-bins.ts';
import { binnedKsTest } from './binned-ks.ts';
import { categoriesTest, largestShareDifference } from './chi-square.ts';
import type { ColumnCounts, ColumnReference } from './column-counter.ts';
import { jensenShannonDistance } from './jensen-shannon.ts';
import { compareShares, fisherUpper, type ShareTest } from './share-tests.ts';
import { binnedWasserstein } from './wasserstein.ts';

/** How far a window of a column is from its reference, and how sure that is. Plain data: a function of counts that are stored beside it. */
export interface ColumnDrift {
  /** Independent values behind the window's, by Kish's formula. */
  readonly effectiveRows: number;
  /** What the decision rests on: `ks`, or `chi-square` for a column of few different values. */
  readonly test: 'ks' | 'chi-square';
  /** Largest distance of the cumulative distributions, at the edges or over the categories, 0 to 1: what the thresholds of a reference profile are of. */
  readonly effect: number;
  readonly pValue: number;
  /** Largest difference of the shares of one category, 0 to 1; absent for the test `ks`. */
  readonly shareDifference?: number;
  /** Nats, over 10 merged bins. */
  readonly psi: number;
  /** 0 to 1. */
  readonly jensenShannon: number;
  /** Wasserstein-1 distance in standard deviations of the reference; absent where that does not vary. */
  readonly wasserstein?: number;
  readonly missing: ShareTest;
  readonly unseen: { readonly share: number; readonly pValue: number };
}

// 20: of so few different values most are tied, and a Kolmogorov-Smirnov test finds too little.
const categoriesMax = 20;

/** Compares the counts of a window with the reference. `effectiveRows` is that of the window's requests, missing values included. O(bins), and O(rows) at worst. */
export function measureDrift(
  reference: ColumnReference,
  counts: ColumnCounts,
  effectiveRows: number,
): ColumnDrift {
  const [referenceBins, bins] = [Uint32Array.from(reference.counts), Uint32Array.from(counts.bins)];
  const weight = counts.rows === 0 ? 0 : effectiveRows / counts.rows;
  const present = (counts.rows - counts.missing) * weight;
  const w1 = binnedWasserstein(reference.edges, referenceBins, bins);
  return {
    effectiveRows,
    ...decisiveTest(reference, counts, present),
    psi: populationStability(referenceBins, bins),
    jensenShannon: jensenShannonDistance(referenceBins, bins),
    ...(reference.std === undefined || reference.std === 0
      ? {}
      : { wasserstein: w1 / reference.std }),
    missing: compareShares(
      { count: reference.missingShare * reference.rows, rows: reference.rows },
      { count: counts.missing * weight, rows: effectiveRows },
    ),
    unseen: unseenOf(reference, counts, weight),
  };
}

function decisiveTest(
  reference: ColumnReference,
  counts: ColumnCounts,
  effectiveRows: number,
): Pick<ColumnDrift, 'test' | 'effect' | 'pValue' | 'shareDifference'> {
  const { categories } = reference;
  if (categories !== undefined && categories.length <= categoriesMax) {
    // What the reference never had is a category of its own.
    const known = Uint32Array.from([...categories.map(({ count }) => count), 0]);
    const seen = Uint32Array.from([...counts.categories, counts.unseen]);
    const { pValue } = categoriesTest(known, seen, effectiveRows);
    return {
      test: 'chi-square',
      effect: binnedKs(known, seen),
      pValue,
      shareDifference: largestShareDifference(known, seen),
    };
  }
  const referenceRows = reference.counts.reduce((sum, count) => sum + count, 0);
  const found = binnedKsTest(Uint32Array.from(reference.counts), Uint32Array.from(counts.bins), {
    referenceRows,
    effectiveRows,
  });
  return { test: 'ks', effect: found.statistic, pValue: found.pValue };
}

function unseenOf(
  reference: ColumnReference,
  counts: ColumnCounts,
  weight: number,
): ColumnDrift['unseen'] {
  const present = counts.rows - counts.missing;
  if (reference.categories === undefined || present === 0) return { share: 0, pValue: 1 };
  const referenceRows = reference.categories.reduce((sum, { count }) => sum + count, 0);
  const pValue = fisherUpper(
    { count: 0, rows: referenceRows },
    { count: Math.floor(counts.unseen * weight), rows: Math.floor(present * weight) },
  );
  return { share: counts.unseen / present, pValue };
}
