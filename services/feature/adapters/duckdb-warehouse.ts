import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
import type { ErasedPlace } from '../core/erasure.ts';
import {
  type EventTable,
  nullCode,
  type TableShape,
  type TextColumn,
} from '../core/event-table.ts';
import type { SourceManifest } from '../core/source-manifest.ts';
import type { SourceSchema } from '../core/source-schema.ts';
import type { ScanRequest, WarehouseReader } from '../ports.ts';
import { readCodes, readNumbers, readTexts } from './duckdb-columns.ts';
import { type DuckdbSession, sqlName, sqlText } from './duckdb-session.ts';

/** Columns of a warehouse file beside those of the source. */
export const warehouseColumns = {
  /** 1, 2, ... in the order of (ts, row of the source's file): the file is sorted by it. */
  position: '_position',
  /** Visible time, epoch ms. */
  ts: '_ts',
  /** Event id, as text. */
  id: '_id',
} as const;

/** Rows of one part of a scan: 16 of DuckDB's vectors, so that what a part costs is shared by many rows. */
const partRows = 16 * 2_048;

/** Reads the Parquet files of the warehouse through DuckDB: scans and filters, no aggregates. */
export class DuckdbWarehouse implements WarehouseReader {
  readonly #session: DuckdbSession;
  readonly #folder: string;
  readonly #hiddenOf: (source: string) => readonly ErasedPlace[];
  /** Per file and column: the texts that stand there, as an SQL type. */
  readonly #dictionaries = new Map<string, Promise<Dictionary>>();

  /** `hiddenOf` gives the events of a source that were erased, and which its file may still hold. */
  constructor(
    session: DuckdbSession,
    folder: string,
    hiddenOf: (source: string) => readonly ErasedPlace[],
  ) {
    this.#session = session;
    this.#folder = folder;
    this.#hiddenOf = hiddenOf;
  }

  async *scan(request: ScanRequest, signal: AbortSignal): AsyncGenerator<EventTable> {
    yield* this.#read(request, scanStatement, signal);
  }

  async *newestBefore(
    request: ScanRequest,
    by: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<EventTable> {
    const statement = (asked: ScanRequest, from: ScanSource): string =>
      newestStatement(asked, from, by);
    yield* this.#read(request, statement, signal);
  }

  async *#read(
    request: ScanRequest,
    statement: (request: ScanRequest, from: ScanSource) => string,
    signal: AbortSignal,
  ): AsyncGenerator<EventTable> {
    // A scan is a connection of its own: scans of one reader may overlap.
    const session = await this.#session.fork();
    try {
      const dictionaries = new Map<string, Dictionary>();
      for (const name of request.shape.texts) {
        dictionaries.set(name, await this.#dictionary(request, name, signal));
      }
      const file = `read_parquet(${sqlText(join(this.#folder, request.manifest.file))})`;
      const hidden = this.#hiddenOf(request.schema.source.name);
      const table =
        hidden.length === 0
          ? file
          : `(SELECT * FROM ${file} WHERE ${keptCondition(request.schema, hidden)})`;
      const sql = statement(request, { table, dictionaries });
      const result = await session.stream(sql, signal);
      const leastRows = request.partRows ?? partRows;
      for await (const { chunks, rows } of chunkGroups(result, leastRows, signal)) {
        yield readPart(chunks, rows, { shape: request.shape, dictionaries });
      }
    } finally {
      session.close();
    }
  }

  async countBefore(
    manifest: SourceManifest,
    untilTs: number,
    signal: AbortSignal,
  ): Promise<number> {
    const file = sqlText(join(this.#folder, manifest.file));
    const [count = 0] = await this.#session.numbers(
      `SELECT count(*) FROM read_parquet(${file}) WHERE ${warehouseColumns.ts} < ${sqlInteger(untilTs)}`,
      signal,
    );
    return count;
  }

  async #dictionary(
    { manifest, schema }: ScanRequest,
    column: string,
    signal: AbortSignal,
  ): Promise<Dictionary> {
    const id = `${manifest.file}/${column}`;
    const known = this.#dictionaries.get(id);
    if (known !== undefined) return await known;
    const made = this.#makeDictionary(
      { file: join(this.#folder, manifest.file), id, column: textExpression(schema, column) },
      signal,
    );
    this.#dictionaries.set(id, made);
    made.catch(() => this.#dictionaries.delete(id));
    return await made;
  }

  async #makeDictionary(
    of: { readonly file: string; readonly id: string; readonly column: string },
    signal: AbortSignal,
  ): Promise<Dictionary> {
    const type = `texts_${createHash('sha256').update(of.id).digest('hex').slice(0, 16)}`;
    await this.#session.run(
      `CREATE TYPE IF NOT EXISTS ${type} AS ENUM (SELECT DISTINCT ${of.column} AS text FROM read_parquet(${sqlText(of.file)}) WHERE text IS NOT NULL ORDER BY text)`,
      signal,
    );
    const rows = await this.#session.rows(`SELECT unnest(enum_range(NULL::${type}))`, signal);
    return { type, expression: of.column, texts: rows.map((row) => String(row[0])) };
  }
}

/** Writes, as SQL over a file of the warehouse, that an event is of none of these places. */
export function keptCondition(schema: SourceSchema, places: readonly ErasedPlace[]): string {
  const conditions = places.map(({ columns, texts }) => {
    const parts = columns.map(
      (name, part) => `${textExpression(schema, name)} = ${sqlText(texts[part] ?? '')}`,
    );
    return `(${parts.join(' AND ')})`;
  });
  // A column that may be null equals nothing then.
  return `(${conditions.join(' OR ')}) IS NOT TRUE`;
}

type Dictionaries = ReadonlyMap<string, Dictionary>;

interface Dictionary {
  readonly type: string;
  readonly expression: string;
  readonly texts: readonly string[];
}

/** Writes how a column of the source is read as text from the warehouse. */
function textExpression(schema: SourceSchema, name: string): string {
  const isText = schema.textColumns.some((column) => column.name === name);
  return isText ? sqlName(name) : `CAST(CAST(${sqlName(name)} AS BIGINT) AS VARCHAR)`;
}

/** What a statement reads from. */
interface ScanSource {
  readonly table: string;
  readonly dictionaries: Dictionaries;
}

function scanStatement(request: ScanRequest, { table, dictionaries }: ScanSource): string {
  const { ts } = warehouseColumns;
  const conditions = [`${ts} >= ${sqlInteger(request.fromTs)}`, ...boundConditions(request)];
  return `SELECT ${selected(request, dictionaries)} FROM ${table} WHERE ${conditions.join(' AND ')}`;
}

function newestStatement(
  request: ScanRequest,
  { table, dictionaries }: ScanSource,
  by: readonly string[],
): string {
  const { ts, position } = warehouseColumns;
  const conditions = [`${ts} < ${sqlInteger(request.fromTs)}`, ...boundConditions(request)];
  return `SELECT ${selected(request, dictionaries)} FROM ${table} WHERE ${conditions.join(' AND ')} QUALIFY row_number() OVER (PARTITION BY ${by.map(sqlName).join(', ')} ORDER BY ${position} DESC) = 1`;
}

function boundConditions(request: ScanRequest): readonly string[] {
  const { position, ts } = warehouseColumns;
  return [
    `${ts} < ${sqlInteger(request.untilTs)}`,
    `${position} <= ${request.positionMax}`,
    ...keyConditions(request),
    ...partitionConditions(request),
  ];
}

function selected(request: ScanRequest, dictionaries: Dictionaries): string {
  const { position, ts, id } = warehouseColumns;
  return [
    `${ts}::DOUBLE`,
    `(${position} + ${request.seqBefore})::DOUBLE`,
    ...request.shape.numbers.map((name) => `${sqlName(name)}::DOUBLE`),
    ...request.shape.texts.map((name) => {
      const dictionary = dictionaries.get(name);
      assert(dictionary !== undefined);
      const { type, expression } = dictionary;
      return `coalesce(enum_code(${expression}::${type})::UINTEGER, ${nullCode}::UINTEGER)`;
    }),
    ...(request.shape.hasIds ? [id] : []),
  ].join(', ');
}

async function* chunkGroups(
  result: DuckDBResult,
  leastRows: number,
  signal: AbortSignal,
): AsyncGenerator<{ readonly chunks: readonly DuckDBDataChunk[]; readonly rows: number }> {
  let chunks: DuckDBDataChunk[] = [];
  let rows = 0;
  for (;;) {
    signal.throwIfAborted();
    const chunk = await result.fetchChunk();
    const isLast = chunk === null || chunk.rowCount === 0;
    if (!isLast) {
      chunks.push(chunk);
      rows += chunk.rowCount;
    }
    if (rows > 0 && (isLast || rows >= leastRows)) {
      yield { chunks, rows };
      chunks = [];
      rows = 0;
    }
    if (isLast) return;
  }
}

/** An event is wanted when any of the columns holds one of the texts that are wanted there. */
function keyConditions({ wanted, schema }: ScanRequest): readonly string[] {
  if (wanted === undefined) return [];
  const parts = [...wanted].map(
    ([name, texts]) => `${textExpression(schema, name)} IN (${texts.map(sqlText).join(', ')})`,
  );
  return [`(${parts.join(' OR ')})`];
}

/** As keyPartition of core/key-partition.ts does, which a test holds it to. */
function partitionConditions({ partition, schema }: ScanRequest): readonly string[] {
  if (partition === undefined) return [];
  const { by, part, parts } = partition;
  const numbers = by.map(
    (name, index) => `md5_number_lower(${textExpression(schema, name)}) % ${parts} * ${index + 1}`,
  );
  return [`(${numbers.join(' + ')}) % ${parts} = ${part}`];
}

/** DuckDB compares integers: fractions of a millisecond are rounded up, which keeps half-open intervals as they are. */
function sqlInteger(ms: number): string {
  if (ms === Number.POSITIVE_INFINITY) return String(Number.MAX_SAFE_INTEGER);
  if (ms === Number.NEGATIVE_INFINITY) return String(Number.MIN_SAFE_INTEGER);
  return String(Math.ceil(ms));
}

function readPart(
  chunks: readonly DuckDBDataChunk[],
  rows: number,
  of: { readonly shape: TableShape; readonly dictionaries: Dictionaries },
): EventTable {
  const { shape, dictionaries } = of;
  const firstText = 2 + shape.numbers.length;
  const texts = shape.texts.map((name, index): [string, TextColumn] => [
    name,
    {
      dictionary: dictionaries.get(name)?.texts ?? [],
      codes: readCodes(chunks, firstText + index, rows),
    },
  ]);
  return {
    rows,
    ts: readNumbers(chunks, 0, rows),
    seq: readNumbers(chunks, 1, rows),
    numbers: new Map(
      shape.numbers.map((name, index) => [name, readNumbers(chunks, 2 + index, rows)]),
    ),
    texts: new Map(texts),
    ids: shape.hasIds ? readTexts(chunks, firstText + shape.texts.length) : [],
  };
}
