import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { mlmeshBeside } from '../support/mesh-process.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

const model = 'flight-delay';
/** A flight from Chicago on March 10th that was in time: ten hours late, it changes means, rates and spreads. */
const changedDate = Date.UTC(2001, 2, 10, 12);
const dayMs = 86_400_000;

/** Writes the sample with the delay of one flight changed; gives the position of that flight. */
async function writeChanged(from: string, to: string): Promise<number> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = `read_parquet('${from}', file_row_number = true)`;
  const found = await connection.runAndReadAll(
    `SELECT min(file_row_number)::INTEGER FROM ${rows}
     WHERE origin = 'ORD' AND delay < 0 AND date >= make_timestamp(${changedDate}::BIGINT * 1000)`,
  );
  const position = Number(found.getRows()[0]?.[0]);
  await connection.run(
    `COPY (
       SELECT * EXCLUDE (file_row_number)
         REPLACE (CASE WHEN file_row_number = ${position} THEN 600 ELSE delay END AS delay)
       FROM ${rows} ORDER BY file_row_number
     ) TO '${to}' (FORMAT parquet)`,
  );
  connection.closeSync();
  return position;
}

describe('mlmesh reproduce', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mlmesh-reproduce-'));
  let mesh: SmallFlights;

  before(async () => {
    mesh = await startSmallFlights();
  });
  after(async () => {
    await mesh[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const reproductionOf = async (version: number) => {
    const { rows } = await mesh.services.registry.getChecklist({ model, version });
    return rows.find(({ kind }) => kind === 'reproduction');
  };
  const run = (...args: readonly string[]) =>
    mlmeshBeside('reproduce', ...args, '--data', mesh.data);

  it('makes each version again, bit for bit, in whichever format', async () => {
    for (const version of ['1', '2', '3']) {
      const { status, stdout, stderr } = await run(model, version, '--json');
      assert.equal(status, 0, stderr);
      const { isReproduced, items, differences, artifactDigest } = JSON.parse(stdout);
      assert.equal(isReproduced, true);
      assert.deepEqual(differences, []);
      const artifact = items.find(({ what }: { what: string }) => what === 'artifact');
      assert.equal(artifact.reproduced, artifactDigest);
      for (const what of ['train data hash', 'validate data hash', 'auc', 'golden requests']) {
        assert.ok(
          items.some((item: { what: string }) => item.what === what),
          what,
        );
      }
      const row = await reproductionOf(Number(version));
      assert.equal(row?.state, 'CHECKLIST_STATE_PASSED');
      assert.equal(row.attached?.evidence?.inputDigests['reproduced_artifact'], artifactDigest);
      assert.equal(row.command, `mlmesh reproduce ${model}@${version}`);
    }
  });

  it('uses the log as it was then, whatever has come since', async () => {
    // A fifth of the flights of the interval are in the set, so of 60 more some would be.
    const late = Array.from({ length: 60 }, (_, minute) => ({
      date: changedDate + minute * 60_000,
      delay: 900,
      distance: 1_745,
      origin: 'ORD',
      destination: 'LAX',
    }));
    const file = join(folder, 'late.ndjson');
    writeFileSync(file, late.map((flight) => `${JSON.stringify(flight)}\n`).join(''));
    const sent = await mlmeshBeside(
      ...['ingest', 'flights', file, '--partition', 'late', '--data', mesh.data],
    );
    assert.equal(sent.status, 0, sent.stderr);
    const out = join(folder, 'set-of-now');
    const made = await mlmeshBeside(
      ...['features', 'training-set', model, '--out', out, '--data', mesh.data, '--json'],
    );
    const { versions } = await mesh.services.registry.listVersions({ model });
    const recorded = versions[1]?.provenance?.trainingData?.dataHash;
    assert.notEqual(JSON.parse(made.stdout).dataHash, recorded);
    const { status, stdout } = await run(`${model}@2`);
    assert.equal(status, 0);
    assert.match(stdout, /^artifact +[0-9a-f]{16} +[0-9a-f]{16} +yes$/m);
    assert.match(stdout, /version 2 of flight-delay is reproduced: everything is equal/);
  });

  it('refuses what is no version, and one that nobody registered', async () => {
    assert.equal((await run(model)).status, 2);
    assert.equal((await run(`${model}@0`)).status, 2);
    assert.equal((await run(`${model}@2`, '3')).status, 2);
    const unknown = await run(`${model}@99`);
    assert.equal(unknown.status, 1);
    assert.match(unknown.stderr, /99/);
  });

  it('says in which columns, when and in which row the data differ when one event was changed', async () => {
    const { data } = mesh;
    const original = process.env['MLMESH_SMALL_FLIGHTS'] ?? assert.fail('no sample');
    assert.equal(await mesh.process.end('SIGTERM'), 0, mesh.process.text);
    const changed = join(folder, 'changed.parquet');
    const position = await writeChanged(original, changed);
    // Another history under the same registry.
    rmSync(join(data, 'feature'), { recursive: true });
    process.env['MLMESH_SMALL_FLIGHTS'] = changed;
    const stopped = mesh;
    mesh = await startSmallFlights({ data });
    try {
      const { status, stdout, stderr } = await run(`${model}@2`, '--json');
      assert.equal(status, 7, stderr);
      const { isReproduced, items, differences, notes } = JSON.parse(stdout);
      assert.equal(isReproduced, false);
      const unequal = items.filter((item: { isEqual: boolean }) => !item.isEqual);
      assert.ok(unequal.some(({ what }: { what: string }) => what === 'train data hash'));
      assert.ok(unequal.some(({ what }: { what: string }) => what === 'artifact'));
      const train = differences.find(({ set }: { set: string }) => set === 'train');
      for (const column of ['originLateRate30d', 'routeDelayStddev30d']) {
        assert.ok(train.columns.includes(column), `${train.columns}`);
      }
      for (const column of ['id', 'hour', 'distance', 'originFlights3h']) {
        assert.ok(!train.columns.includes(column), column);
      }
      assert.ok(train.rowsChanged > 0 && train.rowsMissing === 0 && train.rowsNew === 0);
      for (const { fromMs, untilMs } of train.parts) {
        assert.ok(untilMs > changedDate && fromMs < changedDate + 33 * dayMs);
      }
      assert.ok(train.firstRow.atMs >= changedDate && train.firstRow.kind === 'changed');
      assert.match(notes.join('\n'), /history of source 'flights' is another file/);
      const text = await run(`${model}@2`);
      assert.match(text.stdout, /the train data differ in .*originLateRate30d/);
      assert.match(text.stdout, /first changed row: number .* event \d+ at 2001-03-/);
      assert.match(text.stdout, /version 2 of flight-delay is not reproduced/);
      assert.ok(position > 0);
      assert.equal((await reproductionOf(2))?.state, 'CHECKLIST_STATE_FAILED');
      const { isComplete } = await mesh.services.registry.getChecklist({ model, version: 2 });
      assert.equal(isComplete, false);
    } finally {
      process.env['MLMESH_SMALL_FLIGHTS'] = original;
      rmSync(stopped.data, { recursive: true, force: true });
    }
  });
});
