import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { mlmeshBeside } from '../support/mesh-process.ts';
import { askFlight } from '../support/small-flights/ask-flight.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

describe('offline features of a running mesh', () => {
  const out = mkdtempSync(join(tmpdir(), 'mlmesh-offline-'));
  const interval = ['--from', '2001-03-01', '--to', '2001-03-05'];
  let mesh: SmallFlights;

  before(async () => {
    mesh = await startSmallFlights();
  });
  after(async () => {
    await mesh[Symbol.asyncDispose]();
    rmSync(out, { recursive: true, force: true });
  });

  const features = (...args: readonly string[]) =>
    mlmeshBeside('features', ...args, '--data', mesh.data);
  const set = (name: string, ...args: readonly string[]) =>
    features('training-set', 'flight-delay', '--out', join(out, name), ...args);
  /** What a command prints as JSON. */
  const json = async (run: ReturnType<typeof features>) => {
    const { status, stdout, stderr } = await run;
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
  };
  const countIn = async (files: string): Promise<number> => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const read = await connection.runAndReadAll(`SELECT count(*)::INTEGER FROM '${files}'`);
    connection.closeSync();
    return Number(read.getRows()[0]?.[0]);
  };

  it('`features training-set` writes Parquet files and a manifest, the same ones again', async () => {
    const all = [...interval, '--rows-max', '0'];
    const made = await json(set('sets/first', ...all, '--json'));
    const folder = join(out, 'sets/first');
    assert.equal(made.folder, folder);
    assert.equal(made.mode, 'TRAINING_SET_MODE_AS_SERVED');
    assert.deepEqual(readdirSync(folder).sort(), ['manifest.json', 'rows-00000.parquet']);
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    assert.equal(manifest.dataHash, made.dataHash);
    assert.ok(made.rows > 100 && (await countIn(`${folder}/*.parquet`)) === made.rows);
    const text = await set('sets/second', ...all);
    assert.equal(text.status, 0, text.stderr);
    assert.match(text.stdout, new RegExp(`data hash ${made.dataHash}`));
    assert.match(text.stdout, / rows of 2001-03-01 .* to 2001-03-05 .* UTC, as-served/);
    assert.match(text.stdout, /manifest\.json, rows-00000\.parquet/);
    const few = await json(set('sets/few', ...interval, '--rows-max', '50', '--json'));
    assert.equal(few.rows, 50);
  });

  it('`features training-set --mode as-logged` has what the router was served', async () => {
    const { at } = askFlight();
    assert.ok(at !== undefined);
    await mesh.client.predict('flight-delay', askFlight());
    const logged = ['--mode', 'as-logged', '--from', '2001-03-01', '--to', '2001-07-01'];
    const within = ['--answers-within', '7d', '--rows-max', '0'];
    const made = await json(set('sets/logged', ...logged, ...within, '--json'));
    assert.equal(made.mode, 'TRAINING_SET_MODE_AS_LOGGED');
    assert.equal(made.answerAgeMaxMs, 7 * 86_400_000);
    assert.ok(made.withoutAnswer > 0 && made.answersBefore > 1);
    const text = await set('sets/logged-text', ...logged);
    assert.equal(text.status, 0, text.stderr);
    assert.match(text.stdout, / examples had no answer and are left out/);
  });

  it('`features training-set` says what is wrong with what was asked', async () => {
    const there = await set('', ...interval);
    assert.equal(there.status, 2);
    assert.match(there.stderr, /wanted a folder that is not there, got --out/);
    const unknown = await features('training-set', 'weather', '--out', join(out, 'none'));
    assert.equal(unknown.status, 1);
    assert.match(unknown.stderr, /wanted a model of this mesh \(flight-delay\), got 'weather'/);
    const mode = await set('none', '--mode', 'as-guessed');
    assert.equal(mode.status, 2);
    assert.match(mode.stderr, /as-served, as-corrected, as-logged/);
    const within = await set('none', '--answers-within', '7d');
    assert.equal(within.status, 2);
    assert.match(
      within.stderr,
      /wanted --mode as-logged for --answers-within, got --mode as-served/,
    );
    const age = await set('none', '--mode', 'as-logged', '--answers-within', 'long');
    assert.equal(age.status, 2);
    assert.match(age.stderr, /--answers-within: wanted a whole number with a unit/);
    const backwards = await set('none', '--from', '2001-03-05', '--to', '2001-03-01');
    assert.equal(backwards.status, 1);
    assert.match(backwards.stderr, /until_ms: wanted a time after from_ms/);
    assert.ok(!existsSync(join(out, 'none')));
  });

  it('`features materialize` writes a view once, and finds it there the second time', async () => {
    const grid = ['flights/origin', '--every', '1d', ...interval];
    const text = await features('materialize', ...grid);
    assert.equal(text.status, 0, text.stderr);
    assert.match(text.stdout, /2001-03 .* made /);
    const found = await json(features('materialize', ...grid, '--json'));
    assert.deepEqual(
      found.months.map((month: { month: string; isMade: boolean }) => [month.month, month.isMade]),
      [['2001-03', false]],
    );
    assert.deepEqual(found.features, ['originDelayMean3h', 'originLateRate30d', 'originFlights3h']);
    const [month] = readdirSync(found.folder);
    const folder = join(found.folder, month ?? '');
    assert.ok(readdirSync(folder).includes('manifest.json'));
    assert.ok(found.months[0].rows > 10);
    assert.equal(await countIn(`${folder}/*.parquet`), found.months[0].rows);
  });

  it('`features materialize` says what is wrong with what was asked', async () => {
    const unknown = await features('materialize', 'flights/gate', '--every', '1d', ...interval);
    assert.equal(unknown.status, 1);
    assert.match(unknown.stderr, /flights\/gate/);
    assert.match(unknown.stderr, /flights\/origin/);
    const every = await features('materialize', 'flights/origin', '--every', 'day', ...interval);
    assert.equal(every.status, 2);
    assert.match(every.stderr, /--every: wanted a whole number with a unit/);
  });
});
