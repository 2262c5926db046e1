import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import { doubles, type Flight, type Question } from '../../../test/support/feature-tester.ts';
import { makeFlightsSample } from '../../../test/support/flights-sample.ts';
import { RunningFeature } from '../../../test/support/running-feature.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';

const dayMs = 86_400_000;
const historyUntil = Date.UTC(2001, 2, 1);
const grid = { fromMs: Date.UTC(2001, 0, 20), untilMs: Date.UTC(2001, 2, 12), everyMs: dayMs };
/** So little that a month is made in several parts. */
const tight = { trainingMemoryMiB: 1 };

/** Order of the view columns in vectors of the sample's model. */
const vectorColumns = [
  'originDelayMax6h',
  'originDelayMean3h',
  'routeFlightsEver',
  'destinationLateRate7d',
  'routeDelayStddev30d',
  'originFlights24h',
];
const statusTexts = ['present', 'null', 'not_found', 'outside_max_age'];

interface Made {
  readonly folder: string;
  readonly logOffset: number;
  readonly features: readonly string[];
  readonly months: readonly {
    readonly month: string;
    readonly rows: number;
    readonly isMade: boolean;
    readonly logOffset: number;
  }[];
  readonly stages: readonly string[];
}

async function materialize(
  { tester }: RunningFeature,
  view: string,
  { untilStage = /^$/, ...changed }: Partial<typeof grid> & { readonly untilStage?: RegExp } = {},
): Promise<Made> {
  const stages: string[] = [];
  const request = { view, ...grid, ...changed };
  for await (const { progress, summary } of tester.client.materializeView(request, {})) {
    if (progress) stages.push(progress.stage);
    if (summary) return { ...summary, stages };
    if (untilStage.test(progress?.stage ?? '')) break;
  }
  return { folder: '', logOffset: 0, features: [], months: [], stages };
}

/** Reads a grid as anyone would: all its files, through DuckDB. */
async function rowsOf({ folder }: Made): Promise<readonly Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const result = await connection.runAndReadAll(
    `SELECT * FROM read_parquet('${folder}/*/*.parquet') ORDER BY ALL`,
  );
  const rows = result.getRowObjects();
  connection.closeSync();
  return rows;
}

/** Holds every cell of a grid to Recompute, bit for bit. */
async function assertAsRecomputed({ tester }: RunningFeature, made: Made): Promise<void> {
  const rows = await rowsOf(made);
  const questions = rows.map(
    (row): Question => ({
      origin: String(row['origin'] ?? 'LAX'),
      destination: String(row['destination'] ?? 'LAX'),
      t: Number(row['_at_ms']),
    }),
  );
  const { values, statuses } = await tester.recompute(questions, made.logOffset);
  const numbers = doubles(values);
  for (const name of made.features) {
    const column = vectorColumns.indexOf(name);
    const wanted = rows.map((_, row) => {
      const cell = row * vectorColumns.length + column;
      return [numbers[cell], statusTexts[statuses[cell] ?? 0]];
    });
    const got = rows.map((row) => [row[name], row[`${name}_status`]]);
    assert.deepEqual(got, wanted, name);
  }
}

/** Which months a call made. */
function madeMonths({ months }: Made): readonly string[] {
  return months.filter(({ isMade }) => isMade).map(({ month }) => month);
}

describe('a view in the warehouse', () => {
  const folder = temporaryFolder();
  let march: readonly Flight[] = [];

  before(async () => {
    await makeFlightsSample();
    await using service = await RunningFeature.start(folder.path);
    await service.tester.import(historyUntil);
    march = await service.tester.flights(historyUntil, historyUntil + 10 * dayMs);
    const late = march.filter((_, row) => row % 20 === 7);
    await service.tester.ingest(march.filter((_, row) => row % 20 !== 7));
    await service.tester.ingest(late);
  });

  after(() => folder[Symbol.dispose]());

  it('goes on after a kill -9 and then holds what Recompute gives, bit for bit', async () => {
    const service = await RunningFeature.start(folder.path, undefined, tight);
    const view = 'flights/origin,destination';
    await materialize(service, view, { untilStage: /^month 2001-02: part 2 of \d+ is written$/ });
    await service.kill();
    await using again = await RunningFeature.start(folder.path, undefined, tight);
    const made = await materialize(again, view);
    assert.deepEqual(madeMonths(made), ['2001-02', '2001-03']);
    assert.ok(!made.stages.some((stage) => /2001-02: part [12] of/.test(stage)));
    assert.ok(
      made.stages.some((stage) => /2001-02: part 3 of/.test(stage)),
      made.stages.join(),
    );
    const rows = await rowsOf(made);
    assert.equal(
      rows.length,
      made.months.reduce((sum, month) => sum + month.rows, 0),
    );
    const points = new Set(
      rows.map((row) => `${row['origin']} ${row['destination']} ${row['_at_ms']}`),
    );
    assert.ok(points.size === rows.length && rows.length > 1_000);
    await assertAsRecomputed(again, made);
    const manifest = JSON.parse(
      readFileSync(join(made.folder, 'month=2001-02', 'manifest.json'), 'utf8'),
    ) as Record<string, unknown>;
    const { month, everyMs, logOffset, features, source } = manifest;
    assert.deepEqual(
      { view: manifest['view'], month, everyMs, logOffset, features, rows: manifest['rows'] },
      {
        view,
        month: '2001-02',
        everyMs: dayMs,
        logOffset: made.logOffset,
        features: made.features,
        rows: made.months[1]?.rows,
      },
    );
    assert.match(JSON.stringify(source), /"fileHash":"[0-9a-f]{64}"/);
  });

  it('is not made again where nothing has changed, and made again from the month of a late event on', async () => {
    await using service = await RunningFeature.start(folder.path);
    const first = await materialize(service, 'flights/origin');
    assert.equal(madeMonths(first).length, 3);
    await assertAsRecomputed(service, first);
    const { folder: place, ...second } = await materialize(service, 'flights/origin');
    assert.deepEqual(madeMonths({ folder: place, ...second }), []);
    assert.equal(second.stages.length, 3);
    const [sample] = march;
    assert.ok(sample);
    // After all points of the grid: nothing there can know it.
    const after = { ...sample, id: 'after', date: Date.UTC(2001, 2, 25) };
    const { logOffset } = await service.tester.ingest([after]);
    const third = await materialize(service, 'flights/origin');
    assert.deepEqual(madeMonths(third), []);
    assert.equal(third.logOffset, logOffset);
    await assertAsRecomputed(service, third);
    await service.tester.ingest([
      { ...sample, id: 'late', date: Date.UTC(2001, 1, 14), delay: 500 },
    ]);
    const fourth = await materialize(service, 'flights/origin');
    assert.deepEqual(madeMonths(fourth), ['2001-02', '2001-03']);
    await assertAsRecomputed(service, fourth);
    assert.deepEqual(readdirSync(join(folder.path, 'feature', 'materialized', '.unfinished')), []);
  });

  it('grows within a month, and is never cut back', async () => {
    await using service = await RunningFeature.start(folder.path);
    const wanted = { everyMs: 6 * 3_600_000, fromMs: Date.UTC(2001, 1, 5) };
    const view = 'flights/destination';
    const short = await materialize(service, view, { ...wanted, untilMs: Date.UTC(2001, 1, 7) });
    const long = await materialize(service, view, { ...wanted, untilMs: Date.UTC(2001, 1, 11) });
    assert.deepEqual(madeMonths(long), ['2001-02']);
    assert.deepEqual([short.months[0]?.rows, long.months[0]?.rows], [2 * 4 * 8, 6 * 4 * 8]);
    const again = await materialize(service, view, { ...wanted, untilMs: Date.UTC(2001, 1, 6) });
    assert.deepEqual(madeMonths(again), []);
    await assertAsRecomputed(service, again);
  });

  it('refuses what it cannot write and says why', async () => {
    await using service = await RunningFeature.start(folder.path);
    const failure = async (view: string, changed: Partial<typeof grid>): Promise<MeshError> => {
      const error: unknown = await materialize(service, view, changed).catch((e: unknown) => e);
      assert.ok(error instanceof MeshError, String(error));
      return error;
    };
    const unknown = await failure('flights/nobody', {});
    assert.equal(unknown.code, 'NOT_FOUND');
    assert.match(unknown.message, /it has flights\/origin/);
    for (const changed of [
      { everyMs: 59_999 },
      { everyMs: 60_000.5 },
      { untilMs: grid.fromMs },
      { untilMs: grid.fromMs + 1_201 * 31 * dayMs },
      { fromMs: Number.NaN },
      { fromMs: -60_000_000_000_000 },
    ]) {
      assert.equal((await failure('flights/origin', changed)).reason, 'INVALID_FIELD');
    }
    assert.ok(!existsSync(join(folder.path, 'feature', 'materialized', 'flights', 'nobody')));
  });

  it('goes with an entity that is erased, and so do training sets; made again, it holds the others', async () => {
    await using service = await RunningFeature.start(folder.path);
    const { client } = service.tester;
    const view = 'flights/destination';
    const wanted = { fromMs: Date.UTC(2000, 11, 15) };
    const before = await materialize(service, view, wanted);
    assert.ok((await rowsOf(before)).some((row) => row['destination'] === 'ABE'));
    const interval = { fromMs: Date.UTC(2001, 1, 1), untilMs: Date.UTC(2001, 1, 3) };
    for await (const _ of client.buildTrainingSet(
      { model: 'late', ...interval, writeFiles: true },
      {},
    ));
    const sets = join(folder.path, 'feature', 'training-sets');
    assert.equal(readdirSync(sets).length, 1);
    await client.deleteEntity(
      { entity: 'airport', keys: { airport: 'ABE' }, reason: 'closed' },
      {},
    );
    assert.deepEqual(readdirSync(sets), []);
    // December has no event: nothing of it can be anyone's.
    assert.deepEqual(readdirSync(before.folder), ['month=2000-12']);
    const again = await materialize(service, view, wanted);
    assert.deepEqual(madeMonths(again), ['2001-01', '2001-02', '2001-03']);
    assert.ok(!(await rowsOf(again)).some((row) => row['destination'] === 'ABE'));
    await assertAsRecomputed(service, again);
  });
});
