import { renameSync, rmSync } from 'node:fs';
import { DOUBLE, DuckDBDataChunk, UTINYINT, VARCHAR } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import { diskFull, isDiskFull } from '../../shared/platform/store/store-error.ts';
import type { RowBatch, RowFiles, RowNames } from '../ports.ts';
import { readNumbers, readTexts } from './duckdb-columns.ts';
import { type DuckdbSession, sqlName, sqlText } from './duckdb-session.ts';

/** Rows of one of DuckDB's vectors. */
const vectorRows = 2_048;

/** Writes and reads computed rows as Parquet, through DuckDB. A file is whole or not there. */
export class DuckdbRowFiles implements RowFiles {
  readonly #session: DuckdbSession;
  #tables = 0;

  constructor(session: DuckdbSession) {
    this.#session = session;
  }

  async write(
    path: string,
    { names, batches }: { readonly names: RowNames; readonly batches: Iterable<RowBatch> },
    signal: AbortSignal,
  ): Promise<void> {
    this.#tables += 1;
    const table = `rows_${this.#tables}`;
    const unfinished = `${path}.unfinished`;
    const session = await this.#session.fork();
    try {
      const columns = [
        ...names.texts.map((name) => `${sqlName(name)} VARCHAR`),
        ...names.numbers.map((name) => `${sqlName(name)} DOUBLE`),
        ...(names.codes ?? []).map(({ name }) => `${sqlName(name)} UTINYINT`),
      ];
      await session.run(`CREATE TEMP TABLE ${table} (${columns.join(', ')})`, signal);
      const appender = await session.appender(table);
      for (const batch of batches) {
        signal.throwIfAborted();
        for (let from = 0; from < batch.rows; from += vectorRows) {
          appender.appendDataChunk(chunkOf(batch, from, Math.min(vectorRows, batch.rows - from)));
        }
      }
      appender.closeSync();
      const rows = `(SELECT ${written(names)} FROM ${table})`;
      await session.run(`COPY ${rows} TO ${sqlText(unfinished)} (FORMAT parquet)`, signal);
      await session.run(`DROP TABLE ${table}`, signal);
      renameSync(unfinished, path);
    } catch (error) {
      signal.throwIfAborted();
      throw fileError(path, error);
    } finally {
      session.close();
      rmSync(unfinished, { force: true });
    }
  }

  async *read(path: string, names: RowNames, signal: AbortSignal): AsyncGenerator<RowBatch> {
    const session = await this.#session.fork();
    try {
      const columns = [...names.texts, ...names.numbers].map(sqlName).join(', ');
      const sql = `SELECT ${columns} FROM read_parquet(${sqlText(path)})`;
      const result = await session.stream(sql, signal).catch((error: unknown) => {
        throw unreadable(path, error);
      });
      for (;;) {
        signal.throwIfAborted();
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        const first = names.texts.length;
        yield {
          rows: chunk.rowCount,
          texts: names.texts.map((_, column) => readTexts([chunk], column)),
          numbers: names.numbers.map((_, column) =>
            readNumbers([chunk], first + column, chunk.rowCount),
          ),
        };
      }
    } finally {
      session.close();
    }
  }
}

/** Lists the columns of a file; codes become the texts that they stand for. */
function written({ texts, numbers, codes = [] }: RowNames): string {
  const decoded = codes.map(({ name, texts: known }) => {
    const list = known.map(sqlText).join(', ');
    return `([${list}])[${sqlName(name)} + 1] AS ${sqlName(name)}`;
  });
  return [...[...texts, ...numbers].map(sqlName), ...decoded].join(', ');
}

function chunkOf(
  { texts, numbers, codes = [] }: RowBatch,
  from: number,
  rows: number,
): DuckDBDataChunk {
  const types = [
    ...texts.map(() => VARCHAR),
    ...numbers.map(() => DOUBLE),
    ...codes.map(() => UTINYINT),
  ];
  const chunk = DuckDBDataChunk.create(types, rows);
  texts.forEach((column, index) => {
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
    for (let row = 0; row < rows; row += 1) {
      duckdb.vector_assign_string_element(vector, row, column[from + row] ?? '');
    }
  });
  numbers.forEach((column, index) => {
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, texts.length + index);
    const part = column.slice(from, from + rows);
    duckdb.copy_data_to_vector(vector, 0, part.buffer, 0, rows * 8);
  });
  codes.forEach((column, index) => {
    const at = texts.length + numbers.length + index;
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, at);
    duckdb.copy_data_to_vector(vector, 0, column.slice(from, from + rows).buffer, 0, rows);
  });
  return chunk;
}

/** DuckDB tells a full disk by its text alone. */
function fileError(path: string, error: unknown): unknown {
  const isFull =
    isDiskFull(error) || /no space left|disk quota|file too large/i.test(messageOf(error));
  return isFull ? diskFull(path, error) : error;
}

function unreadable(path: string, cause: unknown): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'STATE_CORRUPT',
    message: `wanted a Parquet file at ${path}, got: ${messageOf(cause)}; remove its folder and build again`,
    cause,
  });
}
