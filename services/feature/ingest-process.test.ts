import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { temporaryFolder } from '../../test/support/fake-mesh.ts';
import { bytesOf } from '../../test/support/feature-tester.ts';
import {
  askOrders,
  ingestOrders,
  type Order,
  order,
  ordersBatch,
  ordersMesh,
} from '../../test/support/orders-tester.ts';
import { RunningFeature } from '../../test/support/running-feature.ts';
import { SmallDisk } from '../../test/support/small-disk.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const start = Date.UTC(2001, 0, 10);

describe('Ingest', () => {
  const folder = temporaryFolder();
  let feature: RunningFeature;

  before(async () => {
    feature = await RunningFeature.start(folder.path, ordersMesh);
  });

  after(async () => {
    await feature[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  const offset = async (): Promise<number> =>
    (await feature.tester.client.listDefinitions({}, {})).logOffset;

  let lastId = 0;
  const fresh = (change: Partial<Order> = {}): Order => {
    lastId += 1;
    return order(`o${lastId}`, { user: 'bad', shop: 99, ...change });
  };

  /** Sends a good batch, one that is wrong, and one more: the good one counts, nothing else does, and a new stream goes on. */
  async function refuses(
    spoil: (batch: ReturnType<typeof ordersBatch>) => object,
    message: RegExp,
  ): Promise<void> {
    const { tester } = feature;
    const before = await offset();
    const good = ordersBatch(1, [fresh()]);
    const wrong = ordersBatch(2, [fresh(), fresh()]);
    const next = ordersBatch(3, [fresh()]);
    const spoiled = { ...wrong, ...spoil(wrong) };
    const { acknowledgements, error } = await ingestOrders(tester, good, spoiled, next);
    assert.match(error?.message ?? '', message);
    assert.equal(error?.reason, 'EVENT_INVALID');
    assert.deepEqual(
      acknowledgements.map(({ batchId, appended }) => [batchId, appended]),
      [[1, 1]],
    );
    const again = await ingestOrders(tester, good, wrong, next);
    const taken = again.acknowledgements.map(({ appended }) => appended);
    // What stood behind the refused batch may have come in already: it was good.
    assert.deepEqual([taken[0], taken[1]], [0, 2]);
    assert.equal(await offset(), before + 4);
  }

  const changed =
    (name: string, change: object) =>
    ({ columns }: ReturnType<typeof ordersBatch>): object => ({
      columns: columns.map((column) => (column.name === name ? { ...column, ...change } : column)),
    });

  it('refuses unknown, missing and mistyped columns, and takes nothing of their batch', async () => {
    await refuses(
      ({ columns }) => ({ columns: [...columns, { name: 'colour', texts: ['a', 'b'] }] }),
      /no column 'colour'; it has at, amount/,
    );
    await refuses(
      ({ columns }) => ({ columns: columns.filter(({ name }) => name !== 'items') }),
      /column 'items' is missing/,
    );
    await refuses(
      changed('items', { numbers: Buffer.alloc(0), texts: ['1', '2'] }),
      /wanted 2 values of type int in the numbers of column 'items', and no texts, got 0 numbers and 2 texts/,
    );
    await refuses(
      changed('user', { texts: [], numbers: bytesOf([1, 2]) }),
      /wanted 2 values in the texts of column 'user', and no numbers/,
    );
    await refuses(changed('items', { numbers: bytesOf([1, 1.5]) }), /'items' .* row 1 .* no int/);
    await refuses(changed('isGift', { numbers: bytesOf([2, 0]) }), /'isGift' .* row 0 .* no bool/);
  });

  it('refuses NaN and infinity: a missing value is null', async () => {
    await refuses(changed('amount', { numbers: bytesOf([1, Number.NaN]) }), /NaN.*send null/);
    await refuses(
      changed('amount', { numbers: bytesOf([Number.POSITIVE_INFINITY, 1]) }),
      /'amount' has a value in row 0/,
    );
    await refuses(changed('amount', { nulls: Buffer.of(1) }), /2 bytes of 0 and 1, got 1/);
  });

  it('refuses events without a key or an event time', async () => {
    await refuses(changed('user', { texts: ['', 'a'] }), /keys of 1 to 128 .* 'user'/);
    await refuses(changed('user', { nulls: Buffer.of(0, 1) }), /'user' is null in row 1/);
    await refuses(changed('shop', { nulls: Buffer.of(1, 0) }), /'shop' is null in row 0/);
    await refuses(changed('at', { nulls: Buffer.of(1, 0) }), /'at' is null in row 0/);
  });

  it('refuses times from the far future, which would make all others late, and from the far past', async () => {
    const now = Date.now();
    const future = changed('at', { numbers: bytesOf([start, Date.UTC(2300, 0, 1)]) });
    await refuses(future, /'at' has a time in the far future in row 1: wanted /);
    await refuses(changed('at', { numbers: bytesOf([now + dayMs + hourMs, now]) }), /far future/);
    await refuses(
      changed('at', { numbers: bytesOf([start, Date.UTC(1899, 11, 31)]) }),
      /'at' has a time in the far past in row 1/,
    );
    const later = await ingestOrders(feature.tester, ordersBatch(1, [fresh()]));
    assert.equal(later.acknowledgements[0]?.lateDropped, 0);
  });

  it('refuses batches that are too large, empty, or do not say who their events are', async () => {
    await refuses(() => ({ rows: 4_097 }), /1 to 4096 events a batch, got 4097/);
    await refuses(() => ({ rows: 0 }), /1 to 4096 events a batch, got 0/);
    await refuses(() => ({ eventIds: ['only-one'] }), /wanted 2 event ids.* or a partition/);
    await refuses(() => ({ eventIds: ['', 'x'] }), /ids of 1 to 128 characters, got one of 0/);
    await refuses(() => ({ partition: 'p' }), /event ids or a partition, got both/);
    await refuses(
      () => ({ eventIds: [], partition: 'p', firstPosition: 0.5 }),
      /first position, got 0.5/,
    );
    await refuses(() => ({ source: 'trips' }), /no such source; it has orders/);
  });

  it('drops an id that stands twice in a batch', async () => {
    const one = fresh({ user: 'twice', at: start });
    const { acknowledgements } = await ingestOrders(
      feature.tester,
      ordersBatch(1, [one, fresh({ user: 'twice', at: start }), { ...one, items: 50 }]),
    );
    assert.deepEqual(
      acknowledgements.map(({ appended, duplicates }) => [appended, duplicates]),
      [[2, 1]],
    );
    const found = await askOrders(feature.tester, { user: 'twice', shop: 1, t: start + 1 });
    assert.deepEqual([found.userOrders, found.userItems], [2, 4]);
  });

  it('knows ordered events by their position, across streams and restarts, with gaps', async () => {
    const at = (first: number, rows: number) => ({
      ...ordersBatch(
        first,
        Array.from({ length: rows }, () => fresh({ user: 'ordered' })),
      ),
      eventIds: [],
      partition: 'p-0',
      firstPosition: first,
    });
    const counts = async (...batches: readonly ReturnType<typeof at>[]) =>
      (await ingestOrders(feature.tester, ...batches)).acknowledgements.map(
        ({ appended, duplicates }) => [appended, duplicates],
      );
    assert.deepEqual(await counts(at(0, 3), at(1, 4), at(10, 2)), [
      [3, 0],
      [2, 2],
      [2, 0],
    ]);
    await feature.kill();
    feature = await RunningFeature.start(folder.path, ordersMesh);
    assert.deepEqual(await counts(at(5, 3), at(11, 2)), [
      [0, 3],
      [1, 1],
    ]);
    const found = await askOrders(feature.tester, { user: 'ordered', shop: 1, t: start + 1 });
    assert.equal(found.userOrders, 8);
  });

  it('slows many fast callers down instead of refusing them', async () => {
    const before = await offset();
    const streams = 6;
    const batches = 12;
    const rows = 4_096;
    const template = ordersBatch(
      0,
      Array.from({ length: rows }, (_, row) => fresh({ user: `fast${row % 50}` })),
    );
    const outcomes = await Promise.all(
      Array.from({ length: streams }, (_, stream) =>
        ingestOrders(
          feature.tester,
          ...Array.from({ length: batches }, (__, batch) => ({
            ...template,
            batchId: batch,
            eventIds: [],
            partition: `fast-${stream}`,
            firstPosition: batch * rows,
          })),
        ),
      ),
    );
    assert.deepEqual(
      outcomes.map(({ acknowledgements, error }) => [acknowledgements.length, error]),
      Array.from({ length: streams }, () => [batches, undefined]),
    );
    assert.equal(await offset(), before + streams * batches * rows);
  });

  it('leaves null out of what is computed, and takes it in texts', async () => {
    await ingestOrders(
      feature.tester,
      ordersBatch(1, [
        fresh({ user: 'nulls', shop: 5, amount: null, items: 3 }),
        fresh({ user: 'nulls', shop: 5, amount: -4, items: null, note: null }),
        fresh({ user: 'nulls', shop: 5, amount: -7, items: 1, note: '' }),
        fresh({ user: 'none', shop: 6, amount: null, items: null, note: null }),
      ]),
    );
    const t = start + 1;
    const found = await askOrders(feature.tester, { user: 'nulls', shop: 5, t });
    assert.deepEqual([found.userOrders, found.userItems, found.userAmountMax], [3, 4, -4]);
    const none = await askOrders(feature.tester, { user: 'none', shop: 6, t });
    assert.deepEqual([none.userOrders, none.userItems, none.userAmountMax], [1, 0, -1]);
  });
});

describe('late events', () => {
  it('are accepted or dropped by the age that the source allows, and stay dropped after a restart', async () => {
    using folder = temporaryFolder();
    let feature = await RunningFeature.start(folder.path, ordersMesh);
    const orders = [
      order('1', { at: start }),
      order('2', { at: start - 2 * dayMs, items: 10 }), // exactly as late as may be
      order('3', { at: start - 2 * dayMs - 1, items: 100 }), // too late, by an earlier row of its batch
      order('4', { at: start + hourMs, items: 1 }),
    ];
    const first = await ingestOrders(feature.tester, ordersBatch(1, orders));
    assert.deepEqual(first.acknowledgements, [
      { batchId: 1, appended: 3, duplicates: 0, lateDropped: 1, lateAccepted: 1, logOffset: 4 },
    ]);
    const question = { user: 'u1', shop: 7, t: start + 2 * hourMs };
    assert.equal((await askOrders(feature.tester, question)).bothItems, 13);
    await feature.kill();
    feature = await RunningFeature.start(folder.path, ordersMesh);
    assert.equal((await askOrders(feature.tester, question)).bothItems, 13);
    const second = await ingestOrders(
      feature.tester,
      ordersBatch(1, [
        order('3', { at: start }), // known, although it does not count
        order('5', { at: start + hourMs - 2 * dayMs - 1 }), // too late, by an earlier batch
        order('6', { at: start + hourMs }),
      ]),
    );
    assert.deepEqual(second.acknowledgements, [
      { batchId: 1, appended: 1, duplicates: 1, lateDropped: 1, lateAccepted: 0, logOffset: 6 },
    ]);
    assert.equal((await askOrders(feature.tester, question)).bothItems, 15);
    await feature[Symbol.asyncDispose]();
  });
});

/** Why a small disk can't be had; a CI machine has to have one. */
function withoutDisk(): string | false {
  if (process.env['CI'] !== undefined) return false;
  using disk = SmallDisk.mount(1_048_576);
  return disk === undefined ? 'this user may not mount a small disk' : false;
}

describe('a full disk', { skip: withoutDisk() }, () => {
  it('refuses events, loses none that was acknowledged, and goes on when there is room', async () => {
    using disk = SmallDisk.mount(160 * 1_048_576);
    assert.ok(disk !== undefined, 'a CI machine may mount a small disk');
    await using feature = await RunningFeature.start(disk.path, ordersMesh);
    const { tester } = feature;
    const batch = (id: number) =>
      ordersBatch(
        id,
        Array.from({ length: 50 }, (_, row) =>
          order(`b${id}-${row}`, { user: `u${row}`, at: start + id }),
        ),
      );
    const before = await ingestOrders(tester, batch(1), batch(2));
    assert.equal(before.error, undefined);
    disk.fill(16 * 1_048_576);
    const full = await ingestOrders(tester, batch(3), batch(4));
    assert.deepEqual(
      [full.acknowledgements.length, full.error?.code, full.error?.reason],
      [0, 'RESOURCE_EXHAUSTED', 'DISK_FULL'],
    );
    const question = { user: 'u1', shop: 7, t: start + hourMs };
    assert.equal((await askOrders(tester, question)).userOrders, 2);
    disk.free();
    const roomy = await ingestOrders(tester, batch(2), batch(3), batch(4));
    assert.deepEqual(
      roomy.acknowledgements.map(({ appended, duplicates }) => [appended, duplicates]),
      [
        [0, 50],
        [50, 0],
        [50, 0],
      ],
    );
    assert.equal((await askOrders(tester, question)).userOrders, 4);
    await feature.kill();
    await using again = await RunningFeature.start(disk.path, ordersMesh);
    assert.equal((await askOrders(again.tester, question)).userOrders, 4);
  });
});
