import { median } from '../load/order-statistics.ts';
import { type DuckdbPeer, readStatement } from './duckdb-peer.ts';

/** One statement that says the same as a training set. */
export interface Contender {
  /** Name of its file. */
  readonly statement: string;
  /** Measured times in ms, round by round; Infinity where it was stopped. */
  readonly times: number[];
}

/** Rows on which a statement has to say what ours does that was stopped on all. */
export const checkedRows = 200;

/** The longest that a timer can be set to. */
export const unlimitedMs = 2 ** 31 - 1;

/** Makes `spine` the first rows of `spine_all`, in an order that has nothing to do with time; all by default. */
export async function limitSpine(
  duckdb: DuckdbPeer,
  rowsMax: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const limit = rowsMax === undefined ? '' : ` ORDER BY hash(id) LIMIT ${rowsMax}`;
  await duckdb.run(`CREATE OR REPLACE TABLE spine AS SELECT * FROM spine_all${limit}`, signal);
}

/**
 * Holds that the rows which a statement has just given are what ours gave, as the float32 that a model gets.
 * @throws {Error} naming the statement and how many rows differ
 */
export async function holdEqual(
  duckdb: DuckdbPeer,
  statement: string,
  width: number,
  signal: AbortSignal,
): Promise<void> {
  const differs = Array.from(
    { length: width },
    (_, index) => `r.f${index + 1}::FLOAT IS DISTINCT FROM o.f${index + 1}`,
  ).join(' OR ');
  const same = `SELECT count(*) FROM result r JOIN ours o ON o.id = r.id WHERE NOT (${differs})`;
  const equal = await duckdb.value(same, signal);
  const asked = await duckdb.value('SELECT count(*) FROM spine', signal);
  if (equal !== asked) {
    throw new Error(`${statement}: ${equal} of ${asked} rows are what ours gave`);
  }
}

/** Does as {@link holdEqual} on few rows, for a statement that takes too long on all; then the spine is whole again. */
export async function holdEqualOnFew(
  duckdb: DuckdbPeer,
  statement: string,
  width: number,
  signal: AbortSignal,
): Promise<void> {
  await limitSpine(duckdb, checkedRows, signal);
  await timeStatement(duckdb, statement, unlimitedMs, signal);
  await holdEqual(duckdb, statement, width, signal);
  await limitSpine(duckdb, undefined, signal);
}

/** Measures one statement over the spine as it is. */
export async function timeStatement(
  duckdb: DuckdbPeer,
  statement: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<number> {
  const sql = `CREATE OR REPLACE TABLE result AS ${readStatement(statement)}`;
  return await duckdb.time(sql, limitMs, signal);
}

/** Gives the statement with the least median; undefined when all were stopped. */
export function fastestOf(contenders: readonly Contender[]): Contender | undefined {
  return contenders
    .filter(({ times }) => Number.isFinite(median(times)))
    .sort((left, right) => median(left.times) - median(right.times))[0];
}
