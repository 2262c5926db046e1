import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { countBins, quantileEdges } from '../../shared/compute/profile-bins.ts';
import {
  profileWindows,
  type WindowMean,
  type WindowStatistics,
  windowMeans,
} from './profile-windows.ts';

/** Some columns of rows, with their times: what a profile is made of. */
export interface ProfiledRows {
  /** Time t of each row, ascending. */
  readonly atMs: Float64Array;
  /** A value is missing where it is NaN or infinite. */
  readonly columns: readonly { readonly name: string; readonly values: Float64Array }[];
}

/** How a column is distributed where a model is known to be good: what a drift monitor compares with. */
export interface ColumnProfile {
  readonly name: string;
  readonly rows: number;
  /** Rows with a value. */
  readonly present: number;
  /** 0 to 1. */
  readonly missingShare: number;
  /** Of the rows with a value; absent when there is none. */
  readonly mean?: number;
  readonly std?: number;
  /** By share, such as 0.5 for the median. */
  readonly quantiles?: Readonly<Record<string, number>>;
  /** Of at most 128 bins; see profile-bins.ts. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** Every value with its rows, by value, where there are at most 64 of them; absent for others. */
  readonly categories?: readonly { readonly value: number; readonly count: number }[];
  /** How far the windows of the reference itself are from the whole: what is usual. */
  readonly windows: WindowStatistics;
  /** Means of those windows; of outputs alone. */
  readonly windowMeans?: readonly WindowMean[];
}

// 128: enough for a two-sample test on their counts to see what one on the values sees.
const binsMax = 128;
// 64: hours, weekdays and the like; of more values one looks at quantiles.
const categoriesMax = 64;
const quantileShares = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1];

/**
 * Writes how the inputs of a model were distributed in its training set, and its outputs on its validation set, as canonical JSON. The
 * outputs are those of rows that it has not learnt from, since those are what it gives in production.
 */
export function writeReferenceProfile(inputs: ProfiledRows, outputs: ProfiledRows): Uint8Array {
  return Buffer.from(
    canonicalJson({
      format: 'mlmesh-profile-2',
      inputs: profilesOf(inputs),
      outputs: withMeans(profilesOf(outputs), outputs),
    }),
  );
}

function withMeans(
  profiles: readonly ColumnProfile[],
  { atMs, columns }: ProfiledRows,
): readonly ColumnProfile[] {
  return profiles.map((profile, index) => {
    const values = columns[index]?.values ?? new Float64Array(0);
    return { ...profile, windowMeans: windowMeans({ atMs, values }) };
  });
}

function profilesOf({ atMs, columns }: ProfiledRows): readonly ColumnProfile[] {
  return columns.map(({ name, values }) => {
    const sorted = values.filter(Number.isFinite).sort();
    const edges = quantileEdges(sorted, binsMax);
    const counts = countBins(edges, sorted);
    const present = sorted.length;
    const missingShare = values.length === 0 ? 0 : 1 - present / values.length;
    const categories = categoriesOf(sorted);
    return {
      name,
      rows: values.length,
      present,
      missingShare,
      ...(present === 0 ? {} : momentsOf(sorted)),
      edges,
      counts: [...counts],
      ...(categories === undefined ? {} : { categories }),
      windows: profileWindows({ atMs, values, edges, counts, missingShare }),
    };
  });
}

function momentsOf(sorted: Float64Array): Pick<ColumnProfile, 'mean' | 'std' | 'quantiles'> {
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const last = sorted.length - 1;
  const quantiles = quantileShares.map((share) => [
    String(share),
    sorted[Math.round(share * last)] ?? 0,
  ]);
  return {
    mean,
    std: Math.sqrt(squares / sorted.length),
    quantiles: Object.fromEntries(quantiles),
  };
}

function categoriesOf(sorted: Float64Array): ColumnProfile['categories'] | undefined {
  const categories: { value: number; count: number }[] = [];
  for (const value of sorted) {
    const last = categories.at(-1);
    if (last?.value === value) last.count += 1;
    else if (categories.length === categoriesMax) return undefined;
    else categories.push({ value, count: 1 });
  }
  return categories;
}
