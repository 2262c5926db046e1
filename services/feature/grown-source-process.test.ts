import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { audit } from '../../test/support/audit-tester.ts';
import { temporaryFolder } from '../../test/support/fake-mesh.ts';
import { bytesOf, doubles, type FeatureTester } from '../../test/support/feature-tester.ts';
import { grownMesh } from '../../test/support/grown-orders-mesh.ts';
import { RunningFeature } from '../../test/support/running-feature.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';

const start = Date.UTC(2001, 0, 10);
const hourMs = 3_600_000;
const meshes = fileURLToPath(new URL('../../test/support/grown-orders-mesh.js', import.meta.url));
const [featureSet] = grownMesh.featureSets;
assert.ok(featureSet !== undefined);
const { joinKeys, hash: grownHash } = featureSet;
const noCoupon = { user: 'u1', shop: '7', note: 'x', coupon: 'c' };

interface Order {
  readonly user: string;
  readonly shop: number;
  readonly note: string | null;
  readonly discount?: number;
  readonly coupon?: string;
}

/** From before the source grew: the second has no note. */
const early: readonly Order[] = [
  { user: 'u1', shop: 7, note: 'x' },
  { user: 'u1', shop: 8, note: null },
  { user: 'u2', shop: 7, note: 'x' },
];
const late: readonly Order[] = [
  { user: 'u1', shop: 7, note: 'y', discount: 1.25, coupon: 'c' },
  { user: 'u3', shop: 7, note: 'x', discount: 2, coupon: 'd' },
];

async function ingest(tester: FeatureTester, orders: readonly Order[], firstId: number) {
  const rows = orders.length;
  const nulls = Buffer.from(orders.map(({ note }) => Number(note === null)));
  const numbers = (name: string, of: (order: Order, row: number) => number) => ({
    name,
    numbers: bytesOf(orders.map(of)),
  });
  const isGrown = orders.some(({ coupon }) => coupon !== undefined);
  const request = {
    batchId: 1,
    source: 'orders',
    rows,
    eventIds: orders.map((_, row) => `o${firstId + row}`),
    columns: [
      numbers('at', (_, row) => start + (firstId + row) * hourMs),
      { name: 'user', texts: orders.map(({ user }) => user) },
      numbers('shop', ({ shop }) => shop),
      { name: 'note', texts: orders.map(({ note }) => note ?? ''), nulls },
      numbers('items', () => 3),
      ...(isGrown
        ? [
            numbers('discount', ({ discount = 0 }) => discount),
            { name: 'coupon', texts: orders.map(({ coupon = '' }) => coupon) },
          ]
        : []),
    ],
  };
  async function* requests() {
    yield await Promise.resolve(request);
  }
  for await (const { appended } of tester.client.ingest(requests(), {})) {
    assert.equal(appended, rows);
  }
}

type Keys = typeof noCoupon;

/** Features of the rows of a training set over all orders. */
async function trainingRows(
  { client }: FeatureTester,
  mode: 'TRAINING_SET_MODE_AS_SERVED' | 'TRAINING_SET_MODE_AS_CORRECTED',
): Promise<readonly (readonly number[])[]> {
  const request = { model: 'gift', fromMs: start, untilMs: start + 100 * hourMs, mode };
  const width = joinKeys.length + 2;
  const made: number[][] = [];
  for await (const { rows } of client.buildTrainingSet(request, {})) {
    const values = new Float32Array(Uint8Array.from(rows?.features ?? []).buffer);
    for (let at = 0; at < values.length; at += width) made.push([...values.slice(at, at + width)]);
  }
  return made;
}

describe('a source that grows', () => {
  const folder = temporaryFolder();
  let running: RunningFeature | undefined;

  async function begin(
    mesh: 'firstMesh' | 'grownMesh' | 'narrowMesh' | 'retypedMesh',
    options?: ServiceConfig['options'],
  ): Promise<FeatureTester> {
    await running?.[Symbol.asyncDispose]();
    const module = join(folder.path, `${mesh}.mjs`);
    writeFileSync(module, `export { ${mesh} as mesh } from ${JSON.stringify(meshes)};\n`);
    running = await RunningFeature.start(folder.path, module, options);
    return running.tester;
  }

  /** Values and statuses of the grown feature set; the audit has to say the same. */
  async function read(tester: FeatureTester, keys: Partial<Keys>, t = start + 100 * hourMs) {
    const all: Readonly<Record<string, string>> = { ...noCoupon, ...keys };
    const query = {
      featureSetHash: grownHash,
      rows: 1,
      keys: joinKeys.map((name) => all[name] ?? ''),
      atMs: bytesOf([t]),
    };
    const { rows } = await tester.client.getOnlineFeatures({ query }, {});
    assert.ok(rows);
    const logOffsets = bytesOf([rows.logOffset]);
    const again = await tester.client.recompute({ query, logOffsets }, {});
    assert.deepEqual(again.rows?.values, rows.values);
    assert.deepEqual(again.rows?.statuses, rows.statuses);
    return [...doubles(rows.values)];
  }

  after(async () => {
    await running?.[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  it('has nulls where events were recorded before a column was there, and groups them by columns that were no keys', async () => {
    await ingest(await begin('firstMesh'), early, 0);
    const tester = await begin('grownMesh');
    // Orders, discount, coupons of the user; orders of the shop, of the note, with the coupon.
    assert.deepEqual(await read(tester, {}), [2, -1, 0, 2, 2, 0]);
    assert.deepEqual(await read(tester, { shop: '8', note: 'y' }), [2, -1, 0, 1, 0, 0]);
  });

  it('takes events with the new columns beside them, also after a kill', async () => {
    const tester = running?.tester ?? assert.fail('it runs');
    for (const [row, order] of late.entries()) await ingest(tester, [order], early.length + row);
    const check = async (asked: FeatureTester) => {
      assert.deepEqual(await read(asked, {}), [3, 1.25, 1, 4, 3, 1]);
      assert.deepEqual(await read(asked, { user: 'u2' }), [1, -1, 0, 4, 3, 1]);
      assert.deepEqual(await read(asked, { user: 'u3', coupon: 'd' }), [1, 2, 1, 4, 3, 1]);
    };
    await check(tester);
    await running?.kill();
    await check(await begin('grownMesh'));
  });

  for (const mode of ['AS_SERVED', 'AS_CORRECTED'] as const) {
    it(`has the same values in training sets, ${mode}`, async () => {
      const { tester } = running ?? assert.fail('it runs');
      const wanted: number[][] = [];
      for (const [row, order] of [...early, ...late].entries()) {
        const { user, shop, note, coupon } = order;
        const keys = { user, shop: `${shop}`, note: note ?? 'none', coupon: coupon ?? 'none' };
        wanted.push(await read(tester, keys, start + row * hourMs));
      }
      // Questions about later times came before the fourth order did: to the fifth it is late.
      const known = mode === 'AS_CORRECTED' ? wanted : [...wanted.slice(0, 4), [0, -1, 0, 2, 2, 0]];
      assert.deepEqual(await trainingRows(tester, `TRAINING_SET_MODE_${mode}`), known);
    });
  }

  it('has the same values in the audit, and the new keys in materialised views', async () => {
    const { tester } = running ?? assert.fail('it runs');
    const found = await audit(tester);
    assert.ok(found.answers > 0 && found.mismatches === 0 && found.unauditable === 0);
    const interval = { fromMs: start, untilMs: start + 100 * hourMs, everyMs: 24 * hourMs };
    for (const view of ['orders/shop', 'orders/note', 'orders/coupon']) {
      for await (const { summary } of tester.client.materializeView({ view, ...interval }, {})) {
        const rows = summary?.months.reduce((sum, month) => sum + month.rows, 0) ?? 0;
        // Four points after the first day's events, for each of two keys.
        if (summary) assert.equal(rows, 8, view);
      }
    }
  });

  it('erases an entity by a column that became a key when events were there', async () => {
    const { tester } = running ?? assert.fail('it runs');
    const note = { entity: 'note', keys: { note: 'y' }, reason: 'test' };
    assert.equal((await tester.client.deleteEntity(note, {})).logEvents, 1);
    assert.deepEqual(await read(tester, {}), [2, -1, 0, 3, 3, 0]);
    const shop = { entity: 'shop', keys: { shop: '8' }, reason: 'test' };
    assert.equal((await tester.client.deleteEntity(shop, {})).logEvents, 1);
    assert.deepEqual(await read(tester, {}), [1, -1, 0, 3, 3, 0]);
  });

  it('erases an entity of a definition that is not in the mesh file any more, served or not', async () => {
    const served = await begin('narrowMesh');
    const coupon = { entity: 'coupon', keys: { coupon: 'd' }, reason: 'test' };
    const erased = await served.client.deleteEntity(coupon, {});
    assert.equal(erased.logEvents, 1);
    assert.deepEqual(await read(served, { user: 'u3', coupon: 'd' }), [0, -1, 0, 2, 2, 0]);
    const gone = await begin('firstMesh', { earlierSetsMax: 0 });
    const shop = { entity: 'shop', keys: { shop: '7' }, reason: 'test' };
    assert.equal((await gone.client.deleteEntity(shop, {})).logEvents, 2);
    const unknown = { entity: 'weather', keys: { weather: 'd' }, reason: 'test' };
    await assert.rejects(gone.client.deleteEntity(unknown, {}), /it has user, shop, note, coupon/);
    const back = await begin('grownMesh');
    assert.deepEqual(await read(back, {}), [0, -1, 0, 0, 0, 0]);
  });

  it('is refused at the start where a column changed from text to number', async () => {
    await ingest(running?.tester ?? assert.fail('it runs'), late.slice(0, 1), 90);
    await assert.rejects(begin('retypedMesh'), /SOURCE_INVALID.*column 'note'.*another name/);
    running = undefined;
  });
});
