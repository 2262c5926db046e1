import { join } from 'node:path';
import { packageRoot } from '../../services/shared/platform/grpc/load-proto.ts';
import { median } from '../load/order-statistics.ts';
import { temporaryFolder } from '../load/temporary-folder.ts';
import { DuckdbPeer } from './duckdb-peer.ts';
import { FeatureProcess } from './feature-process.ts';
import type { Part, PartOptions, PartResult } from './part.ts';
import { peakMemoryMib } from './process-memory.ts';
import { type Contender, fastestOf, holdEqual, limitSpine, timeStatement } from './sql-race.ts';
import { buildTrainingSet, type TrainingSetRun, writeTrainingCsv } from './training-set.ts';

const order = {
  model: 'features-12',
  fromMs: Date.UTC(2001, 1, 1),
  untilMs: Date.UTC(2001, 6, 1),
  rowsMax: 250_000,
} as const;

/** The one that has been fastest first: the others are stopped at a multiple of what it takes. */
const statements = [
  'training-window-union',
  'training-prefix-asof',
  'training-range-join',
  'training-lateral',
] as const;

/** A statement that takes so many times the fastest one is stopped. */
const patience = 2;
const leastPatienceMs = 20_000;
/** A round takes tens of seconds. */
const roundsMax = 3;

/** A training set of 250,000 rows x 12 features against several equivalent statements. */
export const trainingPart: Part = {
  name: 'training',
  keys: ['training_set_speedup', 'training_set_peak_mib'],
  async run(options: PartOptions, signal: AbortSignal): Promise<PartResult> {
    const { data, show, nodeFlags } = options;
    await using feature = await FeatureProcess.start({
      meshModule: new URL('./flights-features-mesh.js', import.meta.url),
      data: join(data, 'flights'),
      meshFolder: packageRoot,
      // Online states of 250 features would hide what a training set takes.
      options: { entitiesMax: 1 },
      nodeFlags,
    });
    await feature.import('flights', show, signal);
    using duckdb = new DuckdbPeer();
    using folder = temporaryFolder();
    show('the same rows by each statement\n');
    const first = await buildTrainingSet(feature, order, signal);
    const csv = join(folder.path, 'ours.csv');
    const width = writeTrainingCsv(csv, first);
    await loadTables(duckdb, csv, signal);
    await holdEqual(duckdb, { statements, width }, signal);
    await limitSpine(duckdb, undefined, signal);
    const contenders = statements.map((statement): Contender => ({ statement, times: [] }));
    const ours: TrainingSetRun[] = [];
    for (let round = 1; round <= Math.min(options.rounds, roundsMax); round += 1) {
      show(`round ${round}\n`);
      ours.push(await buildTrainingSet(feature, order, signal));
      await timeContenders(duckdb, contenders, signal);
    }
    return resultOf(ours, contenders, peakMemoryMib(feature.pid));
  },
};

async function loadTables(duckdb: DuckdbPeer, csv: string, signal: AbortSignal): Promise<void> {
  const file = join(packageRoot, 'node_modules/vega-datasets/data/flights-3m.parquet');
  await duckdb.run(
    `CREATE TABLE ours AS SELECT id::BIGINT AS id, COLUMNS('f.*')::FLOAT FROM read_csv('${csv}')`,
    signal,
  );
  const flights = `SELECT file_row_number AS id, epoch_ms(date) AS t, * FROM read_parquet('${file}', file_row_number = true)`;
  await duckdb.run(
    `CREATE TABLE events AS SELECT t + 21600000 AS ts, origin, destination, delay::BIGINT AS delay FROM (${flights})`,
    signal,
  );
  await duckdb.run(
    `CREATE TABLE spine_all AS SELECT id, t, origin, destination FROM (${flights}) WHERE id IN (SELECT id FROM ours)`,
    signal,
  );
}

/** In the first round all of them, as long as each may yet be the fastest; then that one alone. */
async function timeContenders(
  duckdb: DuckdbPeer,
  contenders: readonly Contender[],
  signal: AbortSignal,
): Promise<void> {
  const isFirst = contenders.every(({ times }) => times.length === 0);
  const fastest = fastestOf(contenders);
  for (const contender of isFirst ? contenders : contenders.filter((one) => one === fastest)) {
    const best = Math.min(...contenders.flatMap(({ times }) => times));
    const limitMs = Math.max(leastPatienceMs, Math.min(2 ** 31 - 1, best * patience));
    contender.times.push(await timeStatement(duckdb, contender.statement, limitMs, signal));
  }
}

function resultOf(
  ours: readonly TrainingSetRun[],
  contenders: readonly Contender[],
  peakMib: number | undefined,
): PartResult {
  const fastest = fastestOf(contenders);
  const oursMs = median(ours.map(({ ms }) => ms));
  const hashes = new Set(ours.map(({ dataHash }) => dataHash));
  const speedup = fastest === undefined ? undefined : median(fastest.times) / oursMs;
  return {
    values: {
      training_set_speedup: hashes.size === 1 ? speedup : undefined,
      training_set_peak_mib: peakMib,
    },
    table: [
      ['what', 'median s', 'rounds'],
      [`ours, ${ours[0]?.rows} rows x 12`, seconds(oursMs), String(ours.length)],
      ...contenders.map(({ statement, times }) => [
        statement,
        seconds(median(times)),
        String(times.length),
      ]),
    ],
    notes: [
      'all statements give what ours gave, as float32, on 1,000 of the rows; DuckDB has its tables in memory, ours reads its files',
      `a statement that takes more than ${patience} times the fastest is stopped`,
      ...(hashes.size === 1 ? [] : ['two builds of the same set had different hashes']),
    ],
  };
}

function seconds(ms: number): string {
  return Number.isFinite(ms) ? (ms / 1_000).toFixed(2) : 'stopped';
}
