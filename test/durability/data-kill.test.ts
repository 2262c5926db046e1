import assert from 'node:assert/strict';
import { cpSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { LmdbPredictions } from '../../services/monitor/adapters/lmdb-predictions.ts';
import { monitorLayout } from '../../services/monitor/adapters/monitor-layout.ts';
import { systemRandom } from '../../services/shared/platform/process/system-random.ts';
import { compactStore } from '../../services/shared/platform/store/compact-store.ts';
import { layoutFileName, openLayout } from '../../services/shared/platform/store/data-layout.ts';
import { KeyValueStore } from '../../services/shared/platform/store/key-value-store.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { keepPredictions, readKept } from '../support/kept-predictions.ts';
import { runKilled } from '../support/killed-script.ts';
import { layOutAsBefore } from '../support/old-records.ts';

/** 3 kills each, and 30 in `npm run test:long`. */
const kills = 3 * Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1);
const records = 4_000;
const batch = 500;
const last = records + 2 * batch;

const module = (path: string) => JSON.stringify(new URL(`../../${path}.js`, import.meta.url).href);
const store = 'services/shared/platform/store';

/** Fills a folder of the monitor with predictions, and lets go of all but the newest `kept`. */
async function fill(directory: string, kept = records): Promise<void> {
  await using files = KeyValueStore.open({ directory });
  const now = () => Date.now();
  const all = new LmdbPredictions(files, { predictionsMax: records, now });
  for (let from = 1; from <= records; from += batch) {
    await keepPredictions(all, from, from + batch);
  }
  const some = new LmdbPredictions(files, { predictionsMax: kept, now });
  await keepPredictions(some, records + 1, records + 1 + batch);
  await keepPredictions(some, records + 1 + batch, last + 1);
}

describe('a process that is killed', () => {
  it(`while it compacts a store leaves the one or the other, whole (${kills} kills)`, async () => {
    using folder = temporaryFolder();
    const full = join(folder.path, 'full');
    await fill(full, 2 * batch);
    const wanted = await readKept(full);
    const sizeOf = (directory: string) => statSync(join(directory, 'data.mdb')).size;
    const work = join(folder.path, 'work');
    const script = `
      import { compactStore } from ${module(`${store}/compact-store`)};
      console.log('begins');
      console.log(JSON.stringify(await compactStore(${JSON.stringify(work)}, 1)));`;
    cpSync(full, work, { recursive: true });
    const { ranMs } = await runKilled(script);
    assert.deepEqual(await readKept(work), wanted);
    assert.ok(sizeOf(work) < sizeOf(full) / 2, `${sizeOf(work)} of ${sizeOf(full)} bytes`);
    for (let kill = 0; kill < kills; kill += 1) {
      rmSync(work, { recursive: true });
      cpSync(full, work, { recursive: true });
      await runKilled(script, systemRandom.next() * ranMs);
      assert.deepEqual(await readKept(work), wanted, `kill ${kill}`);
    }
    // What a killed one left is cleared away, and what it did not do is done.
    await compactStore(work, 1);
    assert.deepEqual(await readKept(work), wanted);
    assert.ok(sizeOf(work) < sizeOf(full) / 2);
  });

  it(`while it lets go of the oldest has all that it acknowledged and may keep (${kills} kills)`, async () => {
    using folder = temporaryFolder();
    const kept = 300;
    const scriptFrom = (first: number) => `
      import { LmdbPredictions } from ${module('services/monitor/adapters/lmdb-predictions')};
      import { KeyValueStore } from ${module(`${store}/key-value-store`)};
      import { keepWithin } from ${module(`${store}/retention`)};
      import { keepPredictions } from ${module('test/support/kept-predictions')};
      const files = KeyValueStore.open({ directory: ${JSON.stringify(folder.path)} });
      const store = new LmdbPredictions(files, { predictionsMax: ${kept}, now: () => Date.now() });
      for (let from = ${first}; from < ${first} + 1e6; from += 20) {
        await keepPredictions(store, from, from + 20);
        console.log(from + 19);
        await keepWithin(store, { keepMs: 1e9, bytesMax: 200_000 }, Date.now());
      }`;
    let next = 1;
    const acknowledged = new Set<number>();
    for (let kill = 0; kill < kills; kill += 1) {
      const { lines } = await runKilled(scriptFrom(next), 300 + systemRandom.next() * 300);
      for (const line of lines) {
        for (let behind = 0; behind < 20; behind += 1) acknowledged.add(Number(line) - behind);
      }
      const { numbers, shadows, withoutOutcome } = await readKept(folder.path);
      const [oldest = 0, newest = 0] = [numbers[0], numbers.at(-1)];
      const told = Number(lines.at(-1) ?? 0);
      assert.ok(newest >= told, `${newest} is the newest, ${told} was acknowledged`);
      // Without a gap between what is left and what came last, and with all that was told of it.
      assert.deepEqual([numbers.length, shadows], [newest - oldest + 1, numbers.length]);
      assert.deepEqual(
        withoutOutcome.filter((number) => acknowledged.has(number)),
        [],
      );
      assert.ok(numbers.length >= 20 && numbers.length <= kept + 20, `${numbers.length} are kept`);
      next = newest + 1;
    }
    assert.ok(next > kept, `${next} records: none had to go`);
  });

  for (const version of [1, 2]) {
    it(`while it migrates a folder of layout ${version} is taken up by the next start (${kills} kills)`, async () => {
      await migrateKilled(version);
    });
  }
});

async function migrateKilled(version: number): Promise<void> {
  using folder = temporaryFolder();
  const old = join(folder.path, 'old');
  await fill(old);
  const wanted = await readKept(old);
  await layOutAsBefore(old);
  if (version === 1) {
    // Did not know in which order records came.
    await using files = KeyValueStore.open({ directory: old });
    const order = files.table('intakes');
    await files.commit(() => {
      for (const key of [...order.keys()]) order.remove(key);
    });
  }
  const mark = { service: 'monitor', version, writtenBy: '0.0.1' };
  writeFileSync(join(old, layoutFileName), JSON.stringify(mark));
  const work = join(folder.path, 'work');
  const script = `
    import { monitorLayout } from ${module('services/monitor/adapters/monitor-layout')};
    import { openLayout } from ${module(`${store}/data-layout`)};
    console.log('begins');
    console.log(JSON.stringify(await openLayout(${JSON.stringify(work)}, monitorLayout)));`;
  cpSync(old, work, { recursive: true });
  const { ranMs } = await runKilled(script);
  for (let kill = 0; kill < kills; kill += 1) {
    rmSync(work, { recursive: true });
    cpSync(old, work, { recursive: true });
    await runKilled(script, systemRandom.next() * ranMs);
    await openLayout(work, monitorLayout);
    assert.deepEqual(await readKept(work), wanted, `kill ${kill}`);
    assert.equal(await orderedIn(work), wanted.numbers.length, `kill ${kill}`);
  }
  assert.equal(await leftOf(work), 'the newest');
}

describe('a store that is compacted', () => {
  it('is read on by a process that has it open, such as a backup, as it was', async () => {
    using folder = temporaryFolder();
    await fill(folder.path, batch);
    const reading = KeyValueStore.open({ directory: folder.path });
    const log = new LmdbPredictions(reading, { predictionsMax: 1e9, now: () => 0 });
    const count = () => [...log.all().predictions].length;
    const before = count();
    // Compacts it, and writes to the new file as the monitor would.
    const script = `
      import { compactStore } from ${module(`${store}/compact-store`)};
      import { LmdbPredictions } from ${module('services/monitor/adapters/lmdb-predictions')};
      import { KeyValueStore } from ${module(`${store}/key-value-store`)};
      import { keepPredictions } from ${module('test/support/kept-predictions')};
      const directory = ${JSON.stringify(folder.path)};
      console.log((await compactStore(directory, 1)).isCompacted);
      const files = KeyValueStore.open({ directory });
      const log = new LmdbPredictions(files, { predictionsMax: 1e9, now: () => Date.now() });
      await keepPredictions(log, 100_000, 103_000);
      await files[Symbol.asyncDispose]();`;
    assert.deepEqual((await runKilled(script)).lines, ['true']);
    reading.renew();
    assert.equal(count(), before);
    await reading[Symbol.asyncDispose]();
    assert.equal((await readKept(folder.path)).numbers.length, before + 3_000);
  });
});

/** Counts the predictions of a folder whose order is known. */
async function orderedIn(directory: string): Promise<number> {
  await using files = KeyValueStore.open({ directory });
  const rows = [...files.table('intakes').range()].map(
    ({ value }): { readonly predictions: readonly [string, string][] } =>
      JSON.parse(Buffer.from(value).toString()),
  );
  const sequence = (id: string) => Number.parseInt(id.slice(-12), 16);
  const runs = rows.flatMap(({ predictions }) => predictions);
  return runs.reduce((sum, [first, end]) => sum + sequence(end) - sequence(first) + 1, 0);
}

/** Lets go of everything, by the order that the migration has put it in; says what is left. */
async function leftOf(directory: string): Promise<string> {
  {
    await using files = KeyValueStore.open({ directory });
    const log = new LmdbPredictions(files, { predictionsMax: 1e9, now: () => Date.now() });
    while ((await log.letGo(Number.POSITIVE_INFINITY)) > 0);
  }
  const { numbers, shadows, outcomes } = await readKept(directory);
  const isNewest = numbers.at(-1) === last;
  const isAlike = shadows === numbers.length && outcomes === numbers.length;
  return isNewest && isAlike && numbers.length <= batch
    ? 'the newest'
    : `${numbers.length} records`;
}
