import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  VARCHAR,
} from '@duckdb/node-api';
import type { ExportedPair, ExportedPairs } from '../../shared/compute/exported-pairs.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';

/** Names the form of the file, in its metadata. */
const format = 'mlmesh-pairs-1';
const keyPrefix = 'key_';
/** Columns that are not keys, in their order. */
const numbers = [
  'at_ms',
  'received_at_ms',
  'score',
  'latency_ms',
  'baseline_score',
  'baseline_ms',
  'label',
] as const;
// 2,048: what a chunk of DuckDB holds.
const chunkRowsMax = 2_048;

/** Writes pairs to one Parquet file: a text column for each join key, the figures of each request, and in the metadata whose they are. @throws {MeshError} FAILED_PRECONDITION / SOURCE_INVALID when it can't be written */
export async function writePairs(path: string, exported: ExportedPairs): Promise<void> {
  const { keyNames, pairs, ...about } = exported;
  const columns: readonly (readonly [string, DuckDBType])[] = [
    ...keyNames.map((name) => [`${keyPrefix}${name}`, VARCHAR] as const),
    ['failure', VARCHAR],
    ...numbers.map((name) => [name, DOUBLE] as const),
  ];
  await withDuckdb(path, 'written to', async (connection) => {
    const defined = columns.map(([name, type]) => `${sqlName(name)} ${type}`).join(', ');
    await connection.run(`CREATE TABLE pairs (${defined})`);
    const appender = await connection.createAppender('pairs');
    const types = columns.map(([, type]) => type);
    for (let from = 0; from < pairs.length; from += chunkRowsMax) {
      const rows = pairs.slice(from, from + chunkRowsMax).map((pair) => rowOf(pair, keyNames));
      const chunk = DuckDBDataChunk.create(types);
      chunk.setRows(rows);
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    const metadata = { format, keyNames, ...about };
    await connection.run(
      `COPY pairs TO ${sqlText(path)} (FORMAT parquet, KV_METADATA {mlmesh: ${sqlText(JSON.stringify(metadata))}})`,
    );
  });
}

/** Reads what {@link writePairs} wrote, in the same order. @throws {MeshError} FAILED_PRECONDITION / SOURCE_INVALID for a file that is none */
export function readPairs(path: string): Promise<ExportedPairs> {
  return withDuckdb(path, 'read from', async (connection) => {
    const about = await readAbout(connection, path);
    const keys = about.keyNames.map((name) => sqlName(`${keyPrefix}${name}`));
    const columns = [...keys, 'failure', ...numbers].join(', ');
    const rows = (
      await connection.runAndReadAll(`SELECT ${columns} FROM read_parquet(${sqlText(path)})`)
    ).getRows();
    return { ...about, pairs: rows.map((row) => pairOf(row, about.keyNames.length)) };
  });
}

type About = Omit<ExportedPairs, 'pairs'>;

async function readAbout(connection: DuckDBConnection, path: string): Promise<About> {
  const found = await connection.runAndReadAll(
    `SELECT decode(value) FROM parquet_kv_metadata(${sqlText(path)}) WHERE decode(key) = 'mlmesh'`,
  );
  const [[text] = []] = found.getRows();
  const value: unknown = typeof text === 'string' ? JSON.parse(text) : {};
  if (!isAbout(value)) throw invalid(path, 'read from', `its metadata does not say ${format}`);
  const { model, version, baselineVersion, keyNames, policyJson } = value;
  return { model, version, baselineVersion, keyNames, policyJson };
}

function isAbout(value: unknown): value is About {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const { keyNames } = fields;
  return (
    fields['format'] === format &&
    typeof fields['model'] === 'string' &&
    typeof fields['version'] === 'number' &&
    typeof fields['baselineVersion'] === 'number' &&
    typeof fields['policyJson'] === 'string' &&
    Array.isArray(keyNames) &&
    keyNames.every((name) => typeof name === 'string')
  );
}

function rowOf(pair: ExportedPair, keyNames: readonly string[]) {
  const { keys, atMs, receivedAtMs, score, failure, latencyMs } = pair;
  return [
    ...keyNames.map((_, index) => keys[index] ?? ''),
    failure,
    atMs,
    receivedAtMs,
    score ?? null,
    latencyMs,
    pair.baselineScore ?? null,
    pair.baselineMs ?? null,
    pair.label ?? null,
  ];
}

function pairOf(row: readonly unknown[], keyCount: number): ExportedPair {
  const texts = row.slice(0, keyCount + 1).map((value) => (typeof value === 'string' ? value : ''));
  const figures = row
    .slice(keyCount + 1)
    .map((value) => (typeof value === 'number' ? value : undefined));
  const [atMs = 0, receivedAtMs = 0, score, latencyMs = 0, baselineScore, baselineMs, label] =
    figures;
  const known = { atMs, receivedAtMs, latencyMs, failure: texts[keyCount] ?? '' };
  return {
    keys: texts.slice(0, keyCount),
    ...known,
    ...(score === undefined ? {} : { score }),
    ...(baselineScore === undefined ? {} : { baselineScore }),
    ...(baselineMs === undefined ? {} : { baselineMs }),
    ...(label === undefined ? {} : { label }),
  };
}

async function withDuckdb<T>(
  path: string,
  what: 'read from' | 'written to',
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  // One thread: rows keep their order.
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    return await work(connection);
  } catch (cause) {
    throw cause instanceof MeshError ? cause : invalid(path, what, messageOf(cause), cause);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function invalid(
  path: string,
  what: 'written to' | 'read from',
  why: string,
  cause?: unknown,
): MeshError {
  // DuckDB shows the statement behind what is wrong, which nobody here has written.
  const [plain = ''] = why.split('\n\nLINE ');
  const hint =
    what === 'read from'
      ? '; `mlmesh compare <model> --export pairs.parquet` writes such a file'
      : '';
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'SOURCE_INVALID',
    message: `pairs can't be ${what} ${path}: ${plain.slice(0, 500)}${hint}`,
    cause,
  });
}

function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
