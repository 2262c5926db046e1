import { binnedKs, countBins, populationStability } from '../../shared/compute/profile-bins.ts';

/** How far stretches of the reference are from the whole reference, by the statistics of a drift monitor. */
export interface WindowStatistics {
  /** Windows with enough rows; with fewer than two the figures say nothing and are 0. */
  readonly count: number;
  readonly lengthMs: number;
  /** Of the Kolmogorov-Smirnov statistic over the bins, 0 to 1. */
  readonly ks: Spread;
  /** Of the population stability index, nats. */
  readonly psi: Spread;
  /** Of the distance of the share of missing values, 0 to 1. */
  readonly missing: Spread;
}

/** Mean of one window. */
export interface WindowMean {
  /** Values in it. */
  readonly rows: number;
  readonly mean: number;
}

/** How a statistic varies from window to window. */
export interface Spread {
  readonly mean: number;
  /** Of a sample (n - 1). */
  readonly std: number;
  readonly max: number;
}

/** A column of the reference. */
export interface WindowedColumn {
  /** Ascending. */
  readonly atMs: Float64Array;
  readonly values: Float64Array;
  readonly edges: readonly number[];
  readonly counts: Uint32Array;
  readonly missingShare: number;
}

const dayMs = 86_400_000;
// 14: two of each weekday; NannyML calibrates on as many chunks.
const windowsMin = 14;
const windowsMax = 60;
// 100: of fewer rows the statistics are noise of the sample.
const windowRowsMin = 100;

/**
 * Compares windows of the reference with the whole of it: whole days, or longer where there are more than 60, or shorter where there are
 * fewer than 14. A monitor's threshold is the mean plus some deviations, so that what is usual raises no alarm.
 */
export function profileWindows(column: WindowedColumn): WindowStatistics {
  const lengthMs = windowLength(column.atMs);
  const found: { readonly ks: number; readonly psi: number; readonly missing: number }[] = [];
  for (let first = 0; first < column.atMs.length; ) {
    const end = windowEnd(column.atMs, first, lengthMs);
    if (end - first >= windowRowsMin) found.push(statisticsOf(column, first, end));
    first = end;
  }
  return {
    count: found.length,
    lengthMs,
    ks: spreadOf(found.map(({ ks }) => ks)),
    psi: spreadOf(found.map(({ psi }) => psi)),
    missing: spreadOf(found.map(({ missing }) => missing)),
  };
}

/** Gives the means of the same windows as {@link profileWindows}: how far they wander is what a shift of the mean is measured in. */
export function windowMeans({
  atMs,
  values,
}: Pick<WindowedColumn, 'atMs' | 'values'>): readonly WindowMean[] {
  const lengthMs = windowLength(atMs);
  const found: WindowMean[] = [];
  for (let first = 0; first < atMs.length; ) {
    const end = windowEnd(atMs, first, lengthMs);
    const present = values.subarray(first, end).filter(Number.isFinite);
    if (present.length >= windowRowsMin) {
      const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
      found.push({ rows: present.length, mean });
    }
    first = end;
  }
  return found;
}

function windowLength(atMs: Float64Array): number {
  const spanMs = (atMs.at(-1) ?? 0) - (atMs[0] ?? 0);
  const days = Math.max(1, Math.ceil(spanMs / dayMs));
  if (days < windowsMin) return Math.max(1, Math.ceil(spanMs / windowsMin));
  return Math.ceil(days / windowsMax) * dayMs;
}

function windowEnd(atMs: Float64Array, first: number, lengthMs: number): number {
  const window = Math.floor((atMs[first] ?? 0) / lengthMs);
  let end = first + 1;
  while (end < atMs.length && Math.floor((atMs[end] ?? 0) / lengthMs) === window) end += 1;
  return end;
}

function statisticsOf(column: WindowedColumn, first: number, end: number) {
  const present = column.values.subarray(first, end).filter(Number.isFinite);
  const counts = countBins(column.edges, present);
  const missingShare = 1 - present.length / (end - first);
  return {
    ks: binnedKs(column.counts, counts),
    psi: populationStability(column.counts, counts),
    missing: Math.abs(missingShare - column.missingShare),
  };
}

function spreadOf(values: readonly number[]): Spread {
  if (values.length < 2) return { mean: 0, std: 0, max: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const max = values.reduce((most, value) => Math.max(most, value), 0);
  return { mean, std: Math.sqrt(squares / (values.length - 1)), max };
}
