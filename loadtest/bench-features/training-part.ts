import { join } from 'node:path';
import { packageRoot } from '../../services/shared/platform/grpc/load-proto.ts';
import { median } from '../load/order-statistics.ts';
import type { PartResult } from '../load/render-parts.ts';
import { temporaryFolder } from '../load/temporary-folder.ts';
import { DuckdbPeer } from './duckdb-peer.ts';
import { FeatureProcess } from './feature-process.ts';
import type { Part, PartOptions } from './part.ts';
import { peakMemoryMib } from './process-memory.ts';
import {
  type Contender,
  checkedRows,
  fastestOf,
  holdEqual,
  holdEqualOnFew,
  limitSpine,
  timeStatement,
  unlimitedMs,
} from './sql-race.ts';
import { buildTrainingSet, type TrainingSetRun, writeTrainingCsv } from './training-set.ts';

const order = {
  model: 'features-12',
  fromMs: Date.UTC(2001, 1, 1),
  untilMs: Date.UTC(2001, 6, 1),
  rowsMax: 250_000,
} as const;

/** The one that has been fastest first: the others are stopped at a multiple of what it takes. */
const statements = [
  'training-prefix-asof',
  'training-window-union',
  'training-range-join',
  'training-lateral',
] as const;

/** A statement that takes so many times the fastest one is stopped. */
const patience = 1.5;
const leastPatienceMs = 10_000;
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
    await feature.import({ source: 'flights' }, show, signal);
    using duckdb = new DuckdbPeer();
    using folder = temporaryFolder();
    const first = await buildTrainingSet(feature, order, signal);
    const csv = join(folder.path, 'ours.csv');
    const width = writeTrainingCsv(csv, first);
    await loadTables(duckdb, csv, signal);
    await limitSpine(duckdb, undefined, signal);
    const contenders = statements.map((statement): Contender => ({ statement, times: [] }));
    const ours: TrainingSetRun[] = [];
    for (let round = 1; round <= Math.min(options.rounds, roundsMax); round += 1) {
      show(`round ${round}\n`);
      ours.push(await buildTrainingSet(feature, order, signal));
      await timeContenders(duckdb, { contenders, width, show }, signal);
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

interface Race {
  readonly contenders: readonly Contender[];
  readonly width: number;
  readonly show: (text: string) => void;
}

/** In the first round all of them, as long as each may yet be the fastest, and what they gave; then that one alone. */
async function timeContenders(
  duckdb: DuckdbPeer,
  { contenders, width, show }: Race,
  signal: AbortSignal,
): Promise<void> {
  const fastest = fastestOf(contenders);
  for (const { statement, times } of fastest === undefined ? contenders : [fastest]) {
    show(`  ${statement}\n`);
    const best = Math.min(...contenders.flatMap((one) => one.times));
    const limitMs = Math.max(leastPatienceMs, Math.min(unlimitedMs, best * patience));
    const ms = await timeStatement(duckdb, statement, limitMs, signal);
    times.push(ms);
    if (fastest !== undefined) continue;
    if (Number.isFinite(ms)) await holdEqual(duckdb, statement, width, signal);
    else await holdEqualOnFew(duckdb, statement, width, signal);
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
      'every statement gave what ours gave, as float32; DuckDB has its tables in memory, ours reads its files',
      `a statement that takes more than ${patience} times the fastest is stopped, and held to ours on ${checkedRows} rows`,
      ...(hashes.size === 1 ? [] : ['two builds of the same set had different hashes']),
    ],
  };
}

function seconds(ms: number): string {
  return Number.isFinite(ms) ? (ms / 1_000).toFixed(2) : 'stopped';
}
