import {
  DOUBLE,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  FLOAT,
  VARCHAR,
} from '@duckdb/node-api';
import type { TrainingRows } from '../../shared/compute/training-rows.ts';

/** Columns of data.parquet beside the features, in front of them. */
export const rowColumns = {
  split: '_split',
  eventId: '_event_id',
  at: '_at_ms',
  label: '_label',
} as const;

/** Rows with the name of their split. */
export interface SplitRows {
  readonly split: 'train' | 'validate';
  readonly rows: TrainingRows;
}

// 2,048: what a chunk of DuckDB holds.
const chunkRowsMax = 2_048;

/** Writes rows to one Parquet file: split, event id, time (ms), label, and each feature as a float, a missing one as NaN. */
export async function writeParquetRows(
  path: string,
  features: readonly string[],
  splits: readonly SplitRows[],
): Promise<void> {
  const { split, eventId, at, label } = rowColumns;
  const columns: readonly (readonly [string, DuckDBType])[] = [
    [split, VARCHAR],
    [eventId, VARCHAR],
    [at, DOUBLE],
    [label, FLOAT],
    ...features.map((name) => [name, FLOAT] as const),
  ];
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const defined = columns.map(([name, type]) => `"${name.replaceAll('"', '""')}" ${type}`);
    await connection.run(`CREATE TABLE rows (${defined.join(', ')})`);
    const appender = await connection.createAppender('rows');
    const types = columns.map(([, type]) => type);
    for (const part of splits) {
      for (let from = 0; from < part.rows.rows; from += chunkRowsMax) {
        appender.appendDataChunk(chunkOf(part, from, types));
      }
    }
    appender.closeSync();
    await connection.run(`COPY rows TO '${path.replaceAll("'", "''")}' (FORMAT parquet)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function chunkOf({ split, rows }: SplitRows, from: number, types: readonly DuckDBType[]) {
  const count = Math.min(chunkRowsMax, rows.rows - from);
  const chunk = DuckDBDataChunk.create(types, count);
  const fill = (fieldAt: (row: number) => string | number) =>
    Array.from({ length: count }, (_, index) => fieldAt(from + index));
  chunk.setColumns([
    fill(() => split),
    fill((row) => rows.eventIds[row] ?? ''),
    fill((row) => rows.atMs[row] ?? 0),
    fill((row) => rows.labels[row] ?? 0),
    ...Array.from({ length: rows.columns }, (_, column) =>
      fill((row) => rows.features[row * rows.columns + column] ?? Number.NaN),
    ),
  ]);
  return chunk;
}
