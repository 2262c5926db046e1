import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import { makeFlightsSample } from '../../../test/support/flights-sample.ts';
import { RunningFeature } from '../../../test/support/running-feature.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';

const request = {
  model: 'late',
  fromMs: Date.UTC(2001, 1, 1),
  untilMs: Date.UTC(2001, 2, 20),
  seed: 5,
};
/** So little that the set is made of several blocks. */
const tight = { trainingMemoryMiB: 4 };

interface Built {
  readonly stages: readonly string[];
  readonly dataHash: string;
  readonly folder: string;
  readonly rows: number;
}

async function build(
  { tester }: RunningFeature,
  { isWritten, untilStage = '' }: { readonly isWritten: boolean; readonly untilStage?: string },
): Promise<Built> {
  const stages: string[] = [];
  for await (const { progress, manifest } of tester.client.buildTrainingSet(
    { ...request, writeFiles: isWritten },
    {},
  )) {
    if (progress) stages.push(progress.stage);
    if (progress?.stage === untilStage) break;
    if (manifest) return { stages, ...manifest };
  }
  return { stages, dataHash: '', folder: '', rows: 0 };
}

describe('the files of a training set', () => {
  const folder = temporaryFolder();
  const setsFolder = join(folder.path, 'feature', 'training-sets');
  let streamed: Built;

  before(async () => {
    await makeFlightsSample();
    await using service = await RunningFeature.start(folder.path);
    await service.tester.import(Date.UTC(2001, 2, 15));
    streamed = await build(service, { isWritten: false });
    assert.ok(streamed.rows > 20_000 && streamed.folder === '');
  });

  after(() => folder[Symbol.dispose]());

  it('are taken up after a kill where they were, and hold the rows that a stream gives', async () => {
    const service = await RunningFeature.start(folder.path, undefined, tight);
    await build(service, { isWritten: true, untilStage: 'block 2 is written' });
    await service.kill();
    assert.ok(readdirSync(setsFolder)[0]?.startsWith('unfinished-'));
    await using again = await RunningFeature.start(folder.path, undefined, tight);
    const made = await build(again, { isWritten: true });
    assert.ok(made.stages.includes('block 2 was written before'));
    assert.ok(made.stages.includes('block 3 is written'));
    assert.equal(made.dataHash, streamed.dataHash);
    const files = readdirSync(made.folder).sort();
    assert.equal(files[0], 'manifest.json');
    assert.ok(
      files.length > 3 && files.slice(1).every((file) => /^rows-\d{5}\.parquet$/.test(file)),
    );
    const manifest: unknown = JSON.parse(readFileSync(join(made.folder, 'manifest.json'), 'utf8'));
    assert.ok(typeof manifest === 'object' && manifest !== null && 'leafHashes' in manifest);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const rows = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER, count(DISTINCT _event_id)::INTEGER, avg(_label), count(routeDelayStddev30d)::INTEGER FROM '${made.folder}/*.parquet'`,
    );
    const [count, ids, share, values] = rows.getRows()[0] ?? [];
    assert.deepEqual([count, ids, values], [made.rows, made.rows, made.rows]);
    assert.ok(Number(share) > 0.1 && Number(share) < 0.5);
    connection.closeSync();
  });

  it('are made anew where a block cannot be read', async () => {
    const service = await RunningFeature.start(folder.path, undefined, tight);
    await build(service, { isWritten: true, untilStage: 'block 1 is written' });
    await service.kill();
    const [unfinished = ''] = readdirSync(setsFolder).filter((name) => name.startsWith('unfin'));
    writeFileSync(join(setsFolder, unfinished, 'rows-00000.parquet'), 'nothing');
    await using again = await RunningFeature.start(folder.path, undefined, tight);
    const error = await build(again, { isWritten: true }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof MeshError && error.reason === 'STATE_CORRUPT', String(error));
    assert.match(error.message, /remove its folder and build again/);
    rmSync(join(setsFolder, unfinished), { recursive: true });
    assert.equal((await build(again, { isWritten: true })).dataHash, streamed.dataHash);
  });
});
