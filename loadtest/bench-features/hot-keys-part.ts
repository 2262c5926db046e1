import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../load/order-statistics.ts';
import type { PartResult } from '../load/render-parts.ts';
import { temporaryFolder } from '../load/temporary-folder.ts';
import { DuckdbPeer } from './duckdb-peer.ts';
import { FeatureProcess } from './feature-process.ts';
import type { Part, PartOptions } from './part.ts';
import { holdEqual, limitSpine, timeStatement, unlimitedMs } from './sql-race.ts';
import { buildTrainingSet, writeTrainingCsv } from './training-set.ts';

const keys = 200;
const events = 4_000_000;
const questions = 200_000;
const fromMs = Date.UTC(2001, 0, 1);
const spanMs = 180 * 86_400_000;
const order = {
  model: 'hot-keys',
  fromMs,
  untilMs: fromMs + spanMs,
  rowsMax: questions,
} as const;

/** The range join takes minutes: it is run over two shares of the questions, and what a question more costs is what counts. */
const joinedShares = [1 / 40, 1 / 20] as const;
const roundsMax = 3;

/** A training set over keys with 20,000 events each, against a range join and its prefix form. */
export const hotKeysPart: Part = {
  name: 'hot-keys',
  keys: ['hot_keys_speedup', 'hot_keys_over_prefix'],
  async run(options: PartOptions, signal: AbortSignal): Promise<PartResult> {
    const { data, show, nodeFlags } = options;
    using duckdb = new DuckdbPeer();
    const files = join(data, 'hot-keys');
    await makeFiles(duckdb, files, signal);
    await using feature = await FeatureProcess.start({
      meshModule: new URL('./hot-keys-mesh.js', import.meta.url),
      data: files,
      meshFolder: files,
      nodeFlags,
    });
    for (const source of ['purchases', 'questions']) await feature.import({ source }, show, signal);
    const first = await buildTrainingSet(feature, order, signal);
    using folder = temporaryFolder();
    const csv = join(folder.path, 'ours.csv');
    const width = writeTrainingCsv(csv, first);
    await loadTables(duckdb, { files, csv }, signal);
    const times = { ours: [] as number[], prefix: [] as number[] };
    const joins = joinedShares.map(() => [] as number[]);
    for (let round = 1; round <= Math.min(options.rounds, roundsMax); round += 1) {
      show(`round ${round}\n`);
      times.ours.push((await buildTrainingSet(feature, order, signal)).ms);
      await limitSpine(duckdb, undefined, signal);
      times.prefix.push(await timeStatement(duckdb, 'hot-prefix-asof', unlimitedMs, signal));
      await holdEqual(duckdb, 'hot-prefix-asof', width, signal);
      for (const [index, share] of joinedShares.entries()) {
        await limitSpine(duckdb, questions * share, signal);
        joins[index]?.push(await timeStatement(duckdb, 'hot-range-join', unlimitedMs, signal));
        await holdEqual(duckdb, 'hot-range-join', width, signal);
      }
    }
    return resultOf(first.rows, times, joins.map(median));
  },
};

/** Makes the files, the same on every machine, unless they are there. */
async function makeFiles(duckdb: DuckdbPeer, files: string, signal: AbortSignal): Promise<void> {
  mkdirSync(files, { recursive: true });
  const make = async (name: string, rows: number, columns: string): Promise<void> => {
    const path = join(files, name);
    if (existsSync(path)) return;
    // The high bits of a product with an odd constant are spread as if by chance, and are the same in every version of DuckDB.
    const random = `((i * 2654435761) % 4294967296)`;
    await duckdb.run(
      `COPY (SELECT ${columns} FROM (SELECT i, ${random} AS random FROM range(${rows}) AS all_rows(i))) TO '${path}' (FORMAT parquet)`,
      signal,
    );
  };
  const at = (rows: number): string =>
    `make_timestamp((${fromMs} + CAST(floor(i * ${spanMs / rows}) AS BIGINT)) * 1000) AS at, 'buyer' || (random // 16 % ${keys}) AS buyer`;
  await make('hot-purchases.parquet', events, `${at(events)}, random % 100000 AS cents`);
  await make('hot-questions.parquet', questions, `${at(questions)}, random % 2 AS "isYes"`);
}

async function loadTables(
  duckdb: DuckdbPeer,
  { files, csv }: { readonly files: string; readonly csv: string },
  signal: AbortSignal,
): Promise<void> {
  const read = (name: string): string =>
    `read_parquet('${join(files, name)}', file_row_number = true)`;
  await duckdb.run(
    `CREATE TABLE ours AS SELECT id::BIGINT AS id, COLUMNS('f.*')::FLOAT FROM read_csv('${csv}')`,
    signal,
  );
  await duckdb.run(
    `CREATE TABLE events AS SELECT epoch_ms("at") AS ts, buyer, cents FROM ${read('hot-purchases.parquet')}`,
    signal,
  );
  await duckdb.run(
    `CREATE TABLE spine_all AS SELECT file_row_number AS id, epoch_ms("at") AS t, buyer FROM ${read('hot-questions.parquet')}`,
    signal,
  );
}

function resultOf(
  rows: number,
  times: { readonly ours: readonly number[]; readonly prefix: readonly number[] },
  joinMs: readonly number[],
): PartResult {
  const ours = median(times.ours);
  const [few = Number.NaN, more = Number.NaN] = joinMs;
  const [fewRows, moreRows] = joinedShares.map((share) => share * questions);
  const perRow = (more - few) / ((moreRows ?? Number.NaN) - (fewRows ?? Number.NaN));
  // A straight line through both: what it costs without a question counts once.
  const joined = more + perRow * (questions - (moreRows ?? Number.NaN));
  const seconds = (ms: number): string => (ms / 1_000).toFixed(2);
  return {
    values: {
      hot_keys_speedup: joined / ours,
      hot_keys_over_prefix: median(times.prefix) / ours,
    },
    table: [
      ['what', 'rows', 'median s'],
      ['ours', String(rows), seconds(ours)],
      ['hot-prefix-asof', String(questions), seconds(median(times.prefix))],
      ['hot-range-join', String(fewRows), seconds(few)],
      ['hot-range-join', String(moreRows), seconds(more)],
      ['hot-range-join, by the line through both', String(questions), seconds(joined)],
    ],
    notes: [
      `${keys} keys, ${events} events, windows of 30 of 180 days`,
      'both statements give what ours gave on all the rows that they were asked for',
    ],
  };
}
