import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../../test/support/fake-mesh.ts';
import { assertParity, questionsAround, reasonOf } from '../../test/support/feature-parity.ts';
import type { FeatureTester, Flight, Question } from '../../test/support/feature-tester.ts';
import { makeFlightsSample } from '../../test/support/flights-sample.ts';
import { type SampleChange, sampleMesh } from '../../test/support/flights-sample-mesh.ts';
import { RunningFeature } from '../../test/support/running-feature.ts';
import type { Mesh } from '../shared/definition/mesh.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';
import { KeyValueStore } from '../shared/platform/store/key-value-store.ts';
import { LmdbOnlineStore } from './adapters/lmdb-online-store.ts';
import type { StoredEntity } from './core/entity-store.ts';
import { storedView } from './core/state-hash.ts';

const historyUntil = Date.UTC(2001, 2, 1);
const dayMs = 86_400_000;
const builder = fileURLToPath(
  new URL('../../test/support/flights-sample-mesh.js', import.meta.url),
);

const hashOf = (mesh: Mesh): string => mesh.featureSets[0]?.hash ?? '';
const originView = (mesh: Mesh): string => {
  const view = mesh.views.find(({ id }) => id === 'flights/origin');
  return view === undefined ? '' : storedView(view).id;
};
const [before3h, after5h, later9h] = [
  sampleMesh(),
  sampleMesh({ meanWindow: '5h' }),
  sampleMesh({ meanWindow: '9h' }),
];
const median5h = sampleMesh({ meanWindow: '5h', hasMedian: true });

describe('a feature service whose mesh file changes', () => {
  const folder = temporaryFolder();
  let running: RunningFeature | undefined;
  let march: readonly Flight[] = [];
  let questions: readonly Question[] = [];

  /** Starts the service over a changed mesh file, as a later `mlmesh up` would. */
  async function start(
    change: SampleChange,
    options?: ServiceConfig['options'],
  ): Promise<FeatureTester> {
    await running?.[Symbol.asyncDispose]();
    const module = join(folder.path, `mesh-${JSON.stringify(change).replaceAll(/\W/g, '-')}.mjs`);
    writeFileSync(
      module,
      `import { sampleMesh } from ${JSON.stringify(builder)};\nexport const mesh = sampleMesh(${JSON.stringify(change)});\n`,
    );
    running = await RunningFeature.start(folder.path, module, options);
    return running.tester;
  }

  async function stop(): Promise<void> {
    await running?.[Symbol.asyncDispose]();
    running = undefined;
  }

  /** What is stored of a view, while nobody has the store open. */
  async function storedStates(viewId: string): Promise<ReadonlyMap<string, StoredEntity>> {
    await using files = KeyValueStore.open({ directory: join(folder.path, 'feature', 'store') });
    const store = new LmdbOnlineStore(files);
    const states = new Map<string, StoredEntity>();
    for (const key of store.keysAfter(viewId, undefined, 10_000)) {
      const found = store.find(viewId, key);
      assert.ok(found);
      states.set(key, { ...found, chunks: found.chunks.map(copied) });
    }
    return states;
  }

  async function valuesOf(tester: FeatureTester, hash: string): Promise<Buffer> {
    tester.useSet(hash);
    await assertParity(tester, questions);
    return (await tester.online(questions)).values;
  }

  async function trainingSet(tester: FeatureTester, featureSetHash: string) {
    const request = { model: 'late', fromMs: historyUntil, untilMs: historyUntil + 3 * dayMs };
    for await (const part of tester.client.buildTrainingSet({ ...request, featureSetHash }, {})) {
      if (part.manifest) return part.manifest;
    }
    return assert.fail('no manifest');
  }

  before(async () => {
    await makeFlightsSample();
    const tester = await start({});
    await tester.import(historyUntil);
    march = await tester.flights(historyUntil, historyUntil + 9 * dayMs);
    await tester.ingest(march.slice(0, 2_000));
    questions = questionsAround(march.slice(500, 2_000), 300, 7);
  });

  after(async () => {
    await stop();
    folder[Symbol.dispose]();
  });

  it('goes on serving the old definition beside the new one, out of the state that it had', async () => {
    const first = running?.tester ?? assert.fail('it runs');
    const old = await valuesOf(first, hashOf(before3h));
    const oldSet = await trainingSet(first, '');
    await stop();
    const states = await storedStates(originView(before3h));
    assert.ok(states.size > 5);

    const tester = await start({ meanWindow: '5h' });
    assert.ok((await valuesOf(tester, hashOf(before3h))).equals(old), 'the same bits as before');
    assert.ok(!(await valuesOf(tester, hashOf(after5h))).equals(old), 'another window, other bits');
    const set = await trainingSet(tester, hashOf(before3h));
    assert.equal(set.featureSetHash, hashOf(before3h));
    assert.equal(set.dataHash, oldSet.dataHash);
    assert.notEqual((await trainingSet(tester, '')).dataHash, oldSet.dataHash);
    assert.equal(await reasonOf(trainingSet(tester, 'f'.repeat(64))), 'FEATURE_SET_UNKNOWN');
    await stop();
    assert.deepEqual(await storedStates(originView(before3h)), states);
    assert.ok((await storedStates(originView(after5h))).size === states.size);
  });

  it('brings the events that come to both, also after it was killed', async () => {
    const first = await start({ meanWindow: '5h' });
    await first.ingest(march.slice(2_000, 3_000));
    await running?.kill();
    running = undefined;
    const tester = await start({ meanWindow: '5h' });
    await tester.ingest(march.slice(3_000, 4_000));
    questions = questionsAround(march.slice(1_000, 4_000), 300, 8);
    for (const mesh of [before3h, after5h]) await valuesOf(tester, hashOf(mesh));
  });

  it('lists both with their versions, and gives the plan of each', async () => {
    const { client } = running?.tester ?? assert.fail('it runs');
    const { features, featureSets, views } = await client.listDefinitions({}, {});
    assert.deepEqual(
      featureSets.map(({ model, hash, isEarlier }) => ({ model, hash, isEarlier })),
      [
        { model: 'late', hash: hashOf(after5h), isEarlier: false },
        { model: 'late', hash: hashOf(before3h), isEarlier: true },
      ],
    );
    assert.ok(Math.abs((featureSets[1]?.firstServedMs ?? 0) - Date.now()) < 3_600_000);
    // Views of the old definition whose features the new one has too are not kept twice.
    assert.deepEqual(
      views.filter(({ isEarlier }) => isEarlier).map(({ id, version }) => `${id}@${version}`),
      [originView(before3h)],
    );
    const means = features.filter(({ name }) => name === 'originDelayMean3h');
    assert.deepEqual(
      means.map(({ summary, isEarlier }) => [summary, isEarlier]),
      [
        ['mean of delay over the last 5h by origin', false],
        ['mean of delay over the last 3h by origin', true],
      ],
    );
    const { planJson } = await client.getFeatureSet({ featureSetHash: hashOf(before3h) }, {});
    assert.match(planJson, /"lengthMs":10800000/);
    const unknown = client.getFeatureSet({ featureSetHash: 'f'.repeat(64) }, {});
    assert.equal(await reasonOf(unknown), 'FEATURE_SET_UNKNOWN');
  });

  it('audits the answers of both, each by its own definition', async () => {
    const { client } = running?.tester ?? assert.fail('it runs');
    for await (const { summary } of client.auditAnswers({}, {})) {
      if (!summary) continue;
      assert.equal(summary.mismatches, 0);
      assert.equal(summary.unauditable, 0);
      const names = summary.featureSets.map(({ featureSet }) => featureSet).sort();
      assert.deepEqual(names, ['late', `late@${hashOf(before3h).slice(0, 8)}`]);
      assert.ok(summary.featureSets.every(({ answers }) => answers > 500));
    }
  });

  it('erases an entity from the states of both, and knows that answers from before held it', async () => {
    const tester = running?.tester ?? assert.fail('it runs');
    const airport = march[1_500]?.origin ?? '';
    assert.ok(questions.some(({ origin }) => origin === airport));
    const keys = { airport };
    const erased = await tester.client.deleteEntity(
      { entity: 'airport', keys, reason: 'test' },
      {},
    );
    // One state each of origin (two versions), destination, and the routes.
    assert.ok(erased.statesRemoved > 3 && erased.logEvents > 0);
    for (const mesh of [before3h, after5h]) await valuesOf(tester, hashOf(mesh));
    await start({ meanWindow: '5h', hasMedian: true });
    for await (const { summary } of running?.tester.client.auditAnswers({}, {}) ?? []) {
      if (summary) assert.equal(summary.mismatches, 0);
    }
  });

  it('writes out a view of the mesh file, whatever earlier ones stand beside it', async () => {
    const { client } = running?.tester ?? assert.fail('it runs');
    const interval = { fromMs: historyUntil, untilMs: historyUntil + 2 * dayMs, everyMs: dayMs };
    for await (const { summary } of client.materializeView(
      { view: 'flights/origin', ...interval },
      {},
    )) {
      if (!summary) continue;
      assert.equal(summary.view, 'flights/origin');
      assert.ok(summary.features.includes('originDelayMedian2d'));
    }
  });

  it('needs no state of its own for an earlier set whose features the mesh still has', async () => {
    const tester = await start({ meanWindow: '5h', hasMedian: true });
    for (const mesh of [before3h, after5h, median5h]) await valuesOf(tester, hashOf(mesh));
    const { views } = await tester.client.listDefinitions({}, {});
    assert.equal(views.filter(({ isEarlier }) => isEarlier).length, 1);
  });

  it('lets those go first that were used least recently, with their states', async () => {
    const tester = await start({ meanWindow: '9h' }, { earlierSetsMax: 2 });
    await valuesOf(tester, hashOf(later9h));
    const { featureSets } = await tester.client.listDefinitions({}, {});
    const hashes = featureSets.map(({ hash }) => hash);
    assert.deepEqual(hashes[0], hashOf(later9h));
    assert.equal(hashes.length, 3);
    await stop();
    const none = await start({ meanWindow: '9h' }, { earlierSetsMax: 0 });
    none.useSet(hashOf(median5h));
    assert.equal(await reasonOf(none.online(questions)), 'FEATURE_SET_UNKNOWN');
    await stop();
    for (const mesh of [before3h, after5h, median5h]) {
      assert.equal((await storedStates(originView(mesh))).size, 0);
    }
  });

  it('retires an earlier set when it is told to, and serves it again when the mesh file has it', async () => {
    await start({});
    const tester = await start({ meanWindow: '9h' });
    await valuesOf(tester, hashOf(before3h));
    const retire = (mesh: Mesh) =>
      tester.client.retireFeatureSet({ featureSetHash: hashOf(mesh) }, {});
    assert.equal(await reasonOf(retire(later9h)), 'DEFINITION_INVALID');
    assert.deepEqual(await retire(before3h), { name: 'late' });
    assert.equal(await reasonOf(retire(before3h)), 'FEATURE_SET_UNKNOWN');
    assert.equal(await reasonOf(tester.online(questions)), 'FEATURE_SET_UNKNOWN');
    await tester.ingest(march.slice(4_000, 4_500));
    const again = await start({ meanWindow: '9h' });
    assert.equal((await again.client.listDefinitions({}, {})).featureSets.length, 1);
    const back = await start({});
    questions = questionsAround(march.slice(3_000, 4_500), 300, 9);
    for (const mesh of [before3h, later9h]) await valuesOf(back, hashOf(mesh));
  });
});

function copied(chunk: StoredEntity['chunks'][number]): StoredEntity['chunks'][number] {
  return { ...chunk, bytes: chunk.bytes && Uint8Array.from(chunk.bytes) };
}
