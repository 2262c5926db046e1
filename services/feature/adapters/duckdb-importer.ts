import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ColumnPlan, ColumnType } from '../../shared/compute/plan.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { textKeyLengthMax } from '../core/event-batch.ts';
import { type SourceManifest, sourcePlanHash } from '../core/source-manifest.ts';
import type { SourceSchema } from '../core/source-schema.ts';
import { type DuckdbSession, sqlName, sqlText } from './duckdb-session.ts';
import { warehouseColumns } from './duckdb-warehouse.ts';
import { fileHash, findSourceFile, type SourceFile } from './source-file.ts';

/** Where an importer works. */
export interface ImporterFolders {
  /** Sources with a relative path are looked up from here. */
  readonly meshFolder: string;
  readonly warehouseFolder: string;
}

/** Rows of a Parquet row group: small enough that a scan of some days skips most of a half-year file. */
export const rowGroupRows = 50_000;

/** Integers beyond are not exact in a double. */
const integerMax = Number.MAX_SAFE_INTEGER;

/**
 * Writes the file of a source into the warehouse, sorted by visible time, and says what came of it. A file that was made
 * from the same definition and the same bytes is found again, at once. Nothing half-done is ever visible.
 */
export class DuckdbImporter {
  readonly #session: DuckdbSession;
  readonly #folders: ImporterFolders;

  constructor(session: DuckdbSession, folders: ImporterFolders) {
    this.#session = session;
    this.#folders = folders;
  }

  /**
   * Imports a source.
   * @throws {MeshError} NOT_FOUND / SOURCE_MISSING; FAILED_PRECONDITION / SOURCE_INVALID when the file cannot be read,
   * lacks a column, has one of another type, or misses a value where there must be one.
   */
  async import(schema: SourceSchema, signal: AbortSignal): Promise<SourceManifest> {
    const file = findSourceFile(schema.source, this.#folders.meshFolder);
    const planHash = sourcePlanHash(schema.source);
    const sourceHash = await fileHash(file.path, signal);
    const known = readManifest(this.#folders.warehouseFolder, schema.source.name);
    if (known?.planHash === planHash && known.sourceHash === sourceHash) return known;
    await this.#check(schema, file, signal);
    const manifest = await this.#write(schema, { file, planHash, sourceHash }, signal);
    if (known !== undefined && known.file !== manifest.file) {
      rmSync(join(this.#folders.warehouseFolder, known.file), { force: true });
    }
    return manifest;
  }

  /** How far the running statement is, 0 to 100. */
  get percentage(): number {
    return Math.max(0, this.#session.percentage);
  }

  async #check(schema: SourceSchema, file: SourceFile, signal: AbortSignal): Promise<void> {
    const described = await this.#session
      .rows(`DESCRIBE SELECT * FROM read_parquet(${sqlText(file.path)})`, signal)
      .catch((error: unknown) => {
        signal.throwIfAborted();
        throw invalid(schema, 'it is not a Parquet file that can be read', error);
      });
    const types = new Map(described.map(([name, type]) => [String(name), String(type)]));
    for (const column of neededColumns(schema)) checkType(schema, column, types.get(column.name));
    await this.#checkValues(schema, file, signal);
  }

  async #checkValues(schema: SourceSchema, file: SourceFile, signal: AbortSignal): Promise<void> {
    const { source, keyColumns } = schema;
    const required = [source.eventTime, ...keyColumns];
    if (hasIdColumn(schema)) required.push(source.eventId);
    const checks = [
      ...[...new Set(required)].map((name) => ({
        sql: `count(*) FILTER (WHERE ${sqlName(name)} IS NULL)`,
        fault: `column '${name}' has rows without a value, and every event needs one there`,
      })),
      ...source.columns
        .filter((column) => column.type === 'int')
        .map(({ name }) => ({
          sql: `count(*) FILTER (WHERE abs(${sqlName(name)}::HUGEINT) > ${integerMax})`,
          fault: `column '${name}' has integers beyond 2^53 - 1, which are not exact as a double; define it as text`,
        })),
      ...source.columns
        .filter((column) => column.type === 'decimal')
        .map(({ name, scale = 0, precision = 15 }) => ({
          sql: `count(*) FILTER (WHERE NOT abs(round(${sqlName(name)}::DOUBLE * ${10 ** scale}::DOUBLE)) < ${10 ** precision})`,
          fault: `column '${name}' has decimals of more than ${precision} digits, ${scale} of them after the point; define more, or correct the file`,
        })),
      ...keyColumns
        .filter((name) =>
          source.columns.some((column) => column.name === name && column.type === 'text'),
        )
        .map((name) => ({
          sql: `count(*) FILTER (WHERE length(${sqlName(name)}) NOT BETWEEN 1 AND ${textKeyLengthMax} OR regexp_matches(${sqlName(name)}, '[[:cntrl:]]'))`,
          fault: `column '${name}' has keys that are empty, longer than ${textKeyLengthMax} characters, or hold control characters`,
        })),
      ...source.columns
        .filter((column) => column.type === 'float')
        .map(({ name }) => ({
          sql: `count(*) FILTER (WHERE isinf(${sqlName(name)}::DOUBLE))`,
          fault: `column '${name}' holds infinite values`,
        })),
    ];
    const counts = await this.#session.numbers(
      `SELECT ${checks.map((check) => check.sql).join(', ')} FROM read_parquet(${sqlText(file.path)})`,
      signal,
    );
    checks.forEach((check, index) => {
      const rows = counts[index] ?? 0;
      if (rows > 0) throw invalid(schema, `${check.fault} (${rows} rows)`);
    });
  }

  async #write(
    schema: SourceSchema,
    from: { readonly file: SourceFile; readonly planHash: string; readonly sourceHash: string },
    signal: AbortSignal,
  ): Promise<SourceManifest> {
    const folder = this.#folders.warehouseFolder;
    mkdirSync(folder, { recursive: true });
    const name = `${schema.source.name}-${from.sourceHash.slice(0, 12)}-${from.planHash.slice(0, 12)}.parquet`;
    const path = join(folder, name);
    const unfinished = `${path}.unfinished`;
    try {
      await this.#session.run(copyStatement(schema, from.file.path, unfinished), signal);
      const [rows = 0, firstTs = 0, lastTs = 0] = await this.#session.numbers(
        `SELECT count(*), coalesce(min(${warehouseColumns.ts}), 0), coalesce(max(${warehouseColumns.ts}), 0) FROM read_parquet(${sqlText(unfinished)})`,
        signal,
      );
      renameSync(unfinished, path);
      const manifest: SourceManifest = {
        source: schema.source.name,
        planHash: from.planHash,
        sourceBytes: from.file.bytes,
        sourceHash: from.sourceHash,
        rows,
        firstTs,
        lastTs,
        file: name,
      };
      writeManifest(folder, manifest);
      return manifest;
    } finally {
      rmSync(unfinished, { force: true });
    }
  }
}

/** Gives the manifest of an imported source; undefined when it has not been imported. */
export function readManifest(warehouseFolder: string, source: string): SourceManifest | undefined {
  const path = manifestPath(warehouseFolder, source);
  if (!existsSync(path)) return undefined;
  // Written by this file, by rename: it is whole or not there.
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as SourceManifest;
  return existsSync(join(warehouseFolder, manifest.file)) ? manifest : undefined;
}

/** Makes a manifest that of its source, at once. */
export function writeManifest(folder: string, manifest: SourceManifest): void {
  const path = manifestPath(folder, manifest.source);
  writeFileSync(`${path}.unfinished`, `${JSON.stringify(manifest, undefined, 2)}\n`);
  renameSync(`${path}.unfinished`, path);
}

function manifestPath(folder: string, source: string): string {
  return join(folder, `${source}.json`);
}

function copyStatement(schema: SourceSchema, from: string, to: string): string {
  const { source } = schema;
  const { position, ts, id } = warehouseColumns;
  const isReal = hasIdColumn(schema);
  const idExpression = isReal
    ? `CAST(${sqlName(source.eventId)} AS VARCHAR)`
    : 'CAST(file_row_number AS VARCHAR)';
  const columns = [
    `epoch_ms(${sqlName(source.eventTime)}) + ${source.visibleAfterMs} AS ${ts}`,
    'file_row_number AS _row',
    `${idExpression} AS ${id}`,
    ...source.columns.map((column) => `${storedExpression(column)} AS ${sqlName(column.name)}`),
  ];
  // A real id may stand twice in the file: its first row counts, as it would in a stream.
  const once = isReal ? ` QUALIFY row_number() OVER (PARTITION BY ${id} ORDER BY _row) = 1` : '';
  const rows = `SELECT ${columns.join(', ')} FROM read_parquet(${sqlText(from)}, file_row_number = true)${once}`;
  const sorted = `SELECT row_number() OVER (ORDER BY ${ts}, _row) AS ${position}, * EXCLUDE (_row) FROM (${rows}) ORDER BY ${position}`;
  return `COPY (${sorted}) TO ${sqlText(to)} (FORMAT parquet, ROW_GROUP_SIZE ${rowGroupRows})`;
}

function storedExpression(column: ColumnPlan): string {
  const name = sqlName(column.name);
  switch (column.type) {
    case 'int':
    case 'float':
      return `${name}::DOUBLE`;
    case 'decimal':
      // The arithmetic of quantizeDecimal, to the bit.
      return `round(${name}::DOUBLE * ${10 ** (column.scale ?? 0)}::DOUBLE)`;
    case 'bool':
      return `${name}::INTEGER::DOUBLE`;
    case 'timestamp':
      return `epoch_ms(${name})::DOUBLE`;
    case 'text':
      return `${name}::VARCHAR`;
  }
}

const typePatterns: Readonly<Record<ColumnType, RegExp>> = {
  int: /^U?(TINYINT|SMALLINT|INTEGER|BIGINT)$/,
  decimal: /^(FLOAT|DOUBLE|DECIMAL.*|U?(TINYINT|SMALLINT|INTEGER|BIGINT))$/,
  float: /^(FLOAT|DOUBLE|DECIMAL.*|U?(TINYINT|SMALLINT|INTEGER|BIGINT))$/,
  bool: /^BOOLEAN$/,
  timestamp: /^(DATE|TIMESTAMP.*)$/,
  text: /^(VARCHAR|ENUM.*)$/,
};

function checkType(schema: SourceSchema, column: ColumnPlan, type: string | undefined): void {
  if (type === undefined) throw invalid(schema, `it has no column '${column.name}'`);
  if (typePatterns[column.type].test(type)) return;
  throw invalid(
    schema,
    `column '${column.name}' was wanted as ${column.type}, the file has it as ${type}`,
  );
}

function neededColumns({ source }: SourceSchema): readonly ColumnPlan[] {
  const isDefined = source.columns.some((column) => column.name === source.eventTime);
  return isDefined
    ? source.columns
    : [...source.columns, { name: source.eventTime, type: 'timestamp' }];
}

function hasIdColumn({ source }: SourceSchema): boolean {
  return source.eventId !== 'file_row_number';
}

function invalid(schema: SourceSchema, fault: string, cause?: unknown): MeshError {
  const { name, parquet } = schema.source;
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'SOURCE_INVALID',
    message: `cannot import '${parquet}' as source '${name}': ${fault}; correct the file or the definition`,
    detail: { source: name },
    cause,
  });
}
