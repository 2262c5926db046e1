import type { MeanEstimate } from './confidence-sequence.ts';
import type { EntityRow } from './entity-sums.ts';

/** A mean over requests whose variance allows for what requests of one entity have in common. */
export interface ClusteredMean extends MeanEstimate {
  readonly entities: number;
}

/**
 * Gives the mean over requests; where each entity has one, `variance` is that of the sample. With fewer than two entities the variance is infinite. O(entities).
 * @source Liang and Zeger 1986, with the correction G / (G - 1)
 */
export function clusteredMean(rows: readonly EntityRow[]): ClusteredMean {
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const entities = rows.length;
  if (count === 0) return { count, mean: 0, variance: Number.POSITIVE_INFINITY, entities };
  const mean = rows.reduce((sum, row) => sum + row.sum, 0) / count;
  return {
    count,
    mean,
    entities,
    variance: clusteredVariance(rows, (row) => row.sum - mean * row.count),
  };
}

/** Gives the variance per request of a mean whose deviations sum up to `residual` over an entity's requests. */
export function clusteredVariance(
  rows: readonly EntityRow[],
  residual: (row: EntityRow) => number,
): number {
  const [count, entities] = [rows.reduce((sum, row) => sum + row.count, 0), rows.length];
  if (entities < 2) return Number.POSITIVE_INFINITY;
  const squares = rows.reduce((sum, row) => sum + residual(row) ** 2, 0);
  return (squares * entities) / ((entities - 1) * count);
}
