import type { TrainingRows } from '../../shared/compute/training-rows.ts';

/** Rows as they come in parts. */
export interface RowsPart {
  readonly rows: number;
  /** [rows, columns] row-major. */
  readonly features: Float32Array;
  readonly labels: Float32Array;
  readonly atMs: Float64Array;
  readonly eventIds: readonly string[];
  /** Columns that come beside the rows: the value of each row. */
  readonly segments: readonly (readonly string[])[];
}

/** Puts parts of a training set together, in the order given. All parts have to be well-formed: see {@link isWellFormed}. */
export function joinParts(parts: readonly RowsPart[], columns: number): TrainingRows {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const features = new Float32Array(rows * columns);
  const labels = new Float32Array(rows);
  const atMs = new Float64Array(rows);
  let first = 0;
  for (const part of parts) {
    features.set(part.features, first * columns);
    labels.set(part.labels, first);
    atMs.set(part.atMs, first);
    first += part.rows;
  }
  return {
    rows,
    columns,
    features,
    labels,
    atMs,
    eventIds: parts.flatMap((part) => part.eventIds),
  };
}

/** Says whether all columns of a part have as many values as it has rows. */
export function isWellFormed(part: RowsPart, columns: number, segments: number): boolean {
  return (
    part.features.length === part.rows * columns &&
    part.labels.length === part.rows &&
    part.atMs.length === part.rows &&
    part.eventIds.length === part.rows &&
    part.segments.length === segments &&
    part.segments.every((values) => values.length === part.rows)
  );
}
