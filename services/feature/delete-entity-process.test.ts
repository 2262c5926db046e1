import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { eventually } from '../../test/support/eventually.ts';
import { temporaryFolder } from '../../test/support/fake-mesh.ts';
import { bytesOf, type FeatureTester } from '../../test/support/feature-tester.ts';
import { makeFlightsSample } from '../../test/support/flights-sample.ts';
import {
  askOrders,
  ingestOrders,
  order,
  ordersBatch,
  ordersMesh,
} from '../../test/support/orders-tester.ts';
import { RunningFeature } from '../../test/support/running-feature.ts';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import { KeyValueStore } from '../shared/platform/store/key-value-store.ts';

const start = Date.UTC(2001, 0, 10);
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const t = start + hourMs;

/** u1 and u2 buy at shop 7, u2 at shop 8: shop 7 holds events of both. */
const orders = [
  order('a', { user: 'u1', shop: 7, items: 1 }),
  order('b', { user: 'u2', shop: 7, items: 10 }),
  order('c', { user: 'u2', shop: 8, items: 100 }),
  order('d', { user: 'u1', shop: 7, items: 1_000, note: 'said by u1 alone' }),
];

const erase = (tester: FeatureTester, entity: string, keys: Record<string, string>) =>
  tester.client.deleteEntity({ entity, keys, reason: 'asked for by the user' }, {});

async function reasonOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof MeshError ? error.message : String(error);
}

const isLong = Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1) > 1;

describe('DeleteEntity of events of the log', () => {
  it('erases events and states, and computes those again that shared events', async () => {
    using folder = temporaryFolder();
    let feature = await RunningFeature.start(folder.path, ordersMesh);
    const { tester } = feature;
    await ingestOrders(tester, ordersBatch(1, orders));
    const before = await askOrders(tester, { user: 'u1', shop: 7, t });
    assert.deepEqual([before.userOrders, before.shopItems, before.bothItems], [2, 1_011, 1_001]);
    const erased = await erase(tester, 'user', { user: 'u1' });
    assert.deepEqual(erased, {
      logEvents: 2,
      historyEvents: 0,
      statesRemoved: 2, // of u1, and of u1 at shop 7
      statesRecomputed: 1, // of shop 7
      logOffset: 5,
    });
    const check = async (asked: FeatureTester) => {
      const gone = await askOrders(asked, { user: 'u1', shop: 7, t });
      assert.deepEqual([gone.userOrders, gone.shopItems, gone.bothItems], [0, 10, 0]);
      const other = await askOrders(asked, { user: 'u2', shop: 7, t });
      assert.deepEqual([other.userOrders, other.userItems, other.bothItems], [2, 110, 10]);
      const elsewhere = await askOrders(asked, { user: 'u2', shop: 8, t });
      assert.equal(elsewhere.shopItems, 100);
    };
    await check(tester);
    const { views } = await tester.client.listDefinitions({}, {});
    assert.deepEqual(
      views.map(({ id, entities }) => [id, entities]),
      [
        ['orders/shop', 2],
        ['orders/user', 1],
        ['orders/user,shop', 2],
      ],
    );
    await feature.kill();
    feature = await RunningFeature.start(folder.path, ordersMesh);
    await check(feature.tester);
    await feature[Symbol.asyncDispose]();
  });

  it('takes erased events for known, and new ones of the entity as new', async () => {
    using folder = temporaryFolder();
    await using feature = await RunningFeature.start(folder.path, ordersMesh);
    const { tester } = feature;
    await ingestOrders(tester, ordersBatch(1, orders));
    await erase(tester, 'user', { user: 'u1' });
    assert.deepEqual(await erase(tester, 'user', { user: 'u1' }), {
      logEvents: 0,
      historyEvents: 0,
      statesRemoved: 0,
      statesRecomputed: 0,
      logOffset: 0,
    });
    const { acknowledgements } = await ingestOrders(
      tester,
      ordersBatch(1, [...orders, order('new', { user: 'u1', shop: 7, items: 5 })]),
    );
    assert.deepEqual(
      acknowledgements.map(({ appended, duplicates, logOffset }) => [
        appended,
        duplicates,
        logOffset,
      ]),
      [[1, 4, 6]],
    );
    const found = await askOrders(tester, { user: 'u1', shop: 7, t });
    assert.deepEqual([found.userOrders, found.shopItems, found.bothItems], [1, 15, 5]);
  });

  it('says of answers from before that they reach erased events, and of no others', async () => {
    using folder = temporaryFolder();
    await using feature = await RunningFeature.start(folder.path, ordersMesh);
    const { tester } = feature;
    await ingestOrders(tester, ordersBatch(1, orders));
    const { logOffset } = await erase(tester, 'user', { user: 'u1' });
    const featureSetHash = await tester.featureSetHash();
    const { featureSets } = await tester.client.listDefinitions({}, {});
    const row = (user: string, shop: string) =>
      (featureSets[0]?.joinKeys ?? []).map((name) => (name === 'user' ? user : shop));
    const rows = [
      { keys: row('u1', '9'), t, offset: 4 }, // its own
      { keys: row('u2', '7'), t, offset: 4 }, // of a shop that it bought at
      { keys: row('u2', '8'), t, offset: 4 }, // of nothing that it had to do with
      { keys: row('u2', '7'), t: start, offset: 4 }, // from before its first event
      { keys: row('u2', '7'), t, offset: logOffset }, // from after the deletion
    ];
    const query = {
      featureSetHash,
      rows: rows.length,
      keys: rows.flatMap(({ keys }) => keys),
      atMs: bytesOf(rows.map((each) => each.t)),
    };
    const logOffsets = bytesOf(rows.map(({ offset }) => offset));
    const { erased } = await tester.client.recompute({ query, logOffsets }, {});
    assert.deepEqual([...erased], [1, 1, 0, 0, 0]);
  });

  it('leaves nothing of the entity in the log but its times and hashes of its keys', async () => {
    using folder = temporaryFolder();
    const feature = await RunningFeature.start(folder.path, ordersMesh);
    await ingestOrders(
      feature.tester,
      ordersBatch(1, [...orders, order('id-of-one', { user: 'user-one', note: 'note-of-one' })]),
    );
    await erase(feature.tester, 'user', { user: 'user-one' });
    await feature[Symbol.asyncDispose]();
    await using files = KeyValueStore.open({ directory: join(folder.path, 'feature', 'store') });
    for (const name of ['log', 'entity-records', 'states', 'erasures']) {
      for (const { key, value } of files.table(name).range()) {
        assert.doesNotMatch(
          `${JSON.stringify(key)} ${Buffer.from(value).toString()}`,
          /-one/,
          name,
        );
      }
    }
  });

  it('erases a composite entity, and says what is wrong with a key', async () => {
    using folder = temporaryFolder();
    await using feature = await RunningFeature.start(folder.path, ordersMesh);
    const { tester } = feature;
    await ingestOrders(tester, ordersBatch(1, orders));
    const wrong = async (entity: string, keys: Record<string, string>) =>
      await reasonOf(erase(tester, entity, keys));
    assert.match(await wrong('airport', {}), /no entity 'airport'; it has user, shop, userAtShop/);
    assert.match(await wrong('user', {}), /wanted one value .* got 0 values for user/);
    assert.match(await wrong('user', { shop: '7' }), /has no part 'shop'; wanted user/);
    assert.match(await wrong('user', { user: '' }), /got one of 0 characters/);
    const none = tester.client.deleteEntity({ entity: 'user', keys: { user: 'u1' } }, {});
    assert.match(await reasonOf(none), /reason/);
    const erased = await erase(tester, 'userAtShop', { user: 'u2', shop: '7' });
    assert.deepEqual([erased.logEvents, erased.statesRemoved], [1, 1]);
    const found = await askOrders(tester, { user: 'u2', shop: 7, t });
    assert.deepEqual([found.userItems, found.shopItems, found.bothItems], [100, 1_001, 0]);
  });
});

describe('DeleteEntity of history', () => {
  const historyUntil = Date.UTC(2001, 2, 1);
  const question = { origin: 'ORD', destination: 'BUR', t: historyUntil };

  async function answers(tester: FeatureTester) {
    const questions = ['ATL', 'LAX', 'ABE'].flatMap((other) => [
      { origin: 'ORD', destination: other, t: historyUntil },
      { origin: other, destination: 'ORD', t: historyUntil },
      { origin: other, destination: 'PHX', t: historyUntil },
    ]);
    const online = await tester.online([...questions, question]);
    const audit = await tester.recompute([...questions, question], online.logOffset);
    assert.ok(online.values.equals(audit.values), 'online and recomputed values are the same bits');
    assert.ok(online.statuses.equals(audit.statuses));
    return online;
  }

  async function airportsOfTrainingSet(tester: FeatureTester): Promise<number> {
    let rows = 0;
    const [fromMs, untilMs] = [Date.UTC(2001, 1, 1), historyUntil];
    for await (const part of tester.client.buildTrainingSet({ model: 'late', fromMs, untilMs }, {}))
      rows += part.rows?.rows ?? 0;
    return rows;
  }

  it('leaves it out at once, and out of the file soon after', async () => {
    await makeFlightsSample();
    using folder = temporaryFolder();
    let feature = await RunningFeature.start(folder.path);
    const { tester } = feature;
    await tester.import(historyUntil);
    const all = await tester.flights(0, Date.UTC(2001, 3, 3));
    await tester.ingest(await tester.flights(historyUntil, historyUntil + 5 * dayMs));
    const rowsBefore = await airportsOfTrainingSet(tester);
    const offset = (await answers(tester)).logOffset;
    const isOrd = ({ origin, destination }: { origin: string; destination: string }) =>
      origin === 'ORD' || destination === 'ORD';
    const erased = await erase(tester, 'airport', { airport: 'ORD' });
    assert.equal(erased.historyEvents, all.filter(isOrd).length);
    assert.ok(erased.logEvents > 100 && erased.statesRemoved >= 2 && erased.statesRecomputed > 10);
    assert.ok(erased.logOffset > offset);
    const after = await answers(tester);
    const left = await tester.flights(0, Date.UTC(2001, 3, 3));
    assert.deepEqual(
      left.map(({ id }) => id),
      all.filter((flight) => !isOrd(flight)).map(({ id }) => id),
    );
    const rowsAfter = await airportsOfTrainingSet(tester);
    assert.ok(rowsAfter < rowsBefore && rowsAfter > 0);
    const warehouse = join(folder.path, 'feature', 'warehouse');
    const files = () => readdirSync(warehouse).filter((name) => name.endsWith('.parquet'));
    await eventually(
      'the file is rewritten and the old one gone',
      () => files().length === 1 && /without-\d+\.parquet$/.test(files()[0] ?? ''),
      20_000,
    );
    assert.deepEqual(await answers(tester), after);
    assert.deepEqual(await tester.flights(0, Date.UTC(2001, 3, 3)), left);
    assert.equal(await airportsOfTrainingSet(tester), rowsAfter);
    await feature.kill();
    feature = await RunningFeature.start(folder.path);
    assert.deepEqual(await answers(feature.tester), after);
    await feature[Symbol.asyncDispose]();
  });

  it('is whole or not there when the process is killed in the middle, and is finished by the next start', async () => {
    await makeFlightsSample();
    const outcomes = new Set<string>();
    for (const killAfterMs of isLong ? [20, 80, 250, 700] : [80]) {
      using folder = temporaryFolder();
      let feature = await RunningFeature.start(folder.path);
      await feature.tester.import(historyUntil);
      await feature.tester.ingest(
        await feature.tester.flights(historyUntil, historyUntil + 5 * dayMs),
      );
      const before = await answers(feature.tester);
      const erasing = erase(feature.tester, 'airport', { airport: 'ORD' }).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, killAfterMs));
      await feature.kill();
      const acknowledged = (await erasing) !== undefined;
      feature = await RunningFeature.start(folder.path);
      const after = await answers(feature.tester);
      const isGone = after.logOffset > before.logOffset;
      assert.ok(isGone || !acknowledged, 'what was acknowledged stays done');
      assert.equal(after.values.equals(before.values), !isGone);
      outcomes.add(isGone ? 'gone' : 'there');
      await erase(feature.tester, 'airport', { airport: 'ORD' });
      const flights = await feature.tester.flights(0, Date.UTC(2001, 3, 3));
      assert.ok(
        flights.every(({ origin, destination }) => origin !== 'ORD' && destination !== 'ORD'),
      );
      await answers(feature.tester);
      await feature[Symbol.asyncDispose]();
    }
    assert.ok(outcomes.size > 0);
  });
});
