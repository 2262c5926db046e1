import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { LmdbOnlineStore } from '../../services/feature/adapters/lmdb-online-store.ts';
import { RedisOnlineStore } from '../../services/feature/adapters/redis-online-store.ts';
import type { EntityChange, StoredEntity } from '../../services/feature/core/entity-store.ts';
import type { OnlineStore } from '../../services/feature/ports.ts';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { KeyValueStore } from '../../services/shared/platform/store/key-value-store.ts';
import { RedisClient } from '../../services/shared/platform/store/redis-client.ts';
import { parseRedisUrl } from '../../services/shared/platform/store/redis-url.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { RedisServer, skipRedis } from '../support/redis-server.ts';

/** A store under test; `reopened` gives it anew from what was stored. */
interface StoreUnderTest extends AsyncDisposable {
  readonly store: OnlineStore;
  reopened(): Promise<OnlineStore>;
}

const view = 'flights/origin';
const views = new Map(
  [view, 'flights/destination'].map((id) => [id, { stateHash: 'a'.repeat(64), lifeMs: 600_000 }]),
);

async function inRedis(server: RedisServer): Promise<StoreUnderTest> {
  const folder = temporaryFolder();
  const opened: (() => Promise<void>)[] = [];
  async function open(): Promise<OnlineStore> {
    for (const close of opened.splice(0)) await close();
    const files = KeyValueStore.open({ directory: folder.path });
    const url = parseRedisUrl(server.url);
    const client = await RedisClient.connect({ url, name: 'test', clock: systemClock });
    const parts = { client, files, clock: systemClock, meshName: 'm[1]', logId: 'log1', views };
    const store = new RedisOnlineStore(parts);
    opened.push(async () => {
      await store.close();
      await files[Symbol.asyncDispose]();
    });
    return store;
  }
  return {
    store: await open(),
    reopened: open,
    async [Symbol.asyncDispose]() {
      for (const close of opened) await close();
      folder[Symbol.dispose]();
    },
  };
}

function inLmdb(): Promise<StoreUnderTest> {
  const folder = temporaryFolder();
  let files = KeyValueStore.open({ directory: folder.path });
  return Promise.resolve({
    store: new LmdbOnlineStore(files),
    async reopened() {
      await files[Symbol.asyncDispose]();
      files = KeyValueStore.open({ directory: folder.path });
      return new LmdbOnlineStore(files);
    },
    async [Symbol.asyncDispose]() {
      await files[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  });
}

/** What stores live in for a suite; each gets it empty. */
interface Place extends AsyncDisposable {
  open(): Promise<StoreUnderTest>;
}

const nowhere: Place = { open: inLmdb, [Symbol.asyncDispose]: () => Promise.resolve() };

async function placeIn(starting: Promise<RedisServer>): Promise<Place> {
  const server = await starting;
  return {
    async open() {
      await server.command('flushall');
      return await inRedis(server);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

interface Adapter {
  readonly skip: string | false;
  readonly start: () => Promise<Place>;
}

const adapters: Readonly<Record<string, Adapter>> = {
  'in LMDB': { skip: false, start: () => Promise.resolve(nowhere) },
  'in Redis': { skip: skipRedis, start: () => placeIn(RedisServer.start()) },
  'in a Redis Cluster': { skip: skipRedis, start: () => placeIn(RedisServer.startCluster()) },
};

interface Written {
  readonly chunks: Readonly<Record<number, string | undefined>>;
  readonly appliedSeq: number;
  readonly baseSeq?: number;
  readonly remainder?: string;
  readonly viewId?: string;
}

function change(key: string, written: Written): EntityChange {
  const { chunks, appliedSeq, baseSeq, remainder, viewId = view } = written;
  return {
    viewId,
    key,
    chunks: Object.entries(chunks).map(([chunkKey, text]) => ({
      key: Number(chunkKey),
      bytes: text === undefined ? undefined : bytesOf(text),
    })),
    appliedSeq,
    baseSeq,
    remainder: remainder === undefined ? undefined : bytesOf(remainder),
  };
}

/** Bytes that are no text: each character with the byte 255 behind it. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from([...text].flatMap((letter) => [letter.charCodeAt(0), 255]));
}

function seen(stored: StoredEntity | undefined) {
  if (stored === undefined) return undefined;
  const chunks = stored.chunks.map(({ key, bytes }) => [
    key,
    Buffer.from(bytes ?? []).toString('hex'),
  ]);
  return {
    chunks: Object.fromEntries(chunks.sort(([a], [b]) => Number(a) - Number(b))),
    appliedSeq: stored.appliedSeq,
    baseSeq: stored.baseSeq,
  };
}

async function loaded(store: OnlineStore, key: string, viewId = view) {
  const found = store.find(viewId, key);
  if (found !== 'elsewhere') return seen(found);
  const [one] = await store.load(viewId, [key]);
  return seen(one);
}

function hex(text: string): string {
  return Buffer.from(bytesOf(text)).toString('hex');
}

const reasonIs = (reason: string) => (error: unknown) =>
  error instanceof MeshError && error.reason === reason;

for (const [where, { skip, start }] of Object.entries(adapters)) {
  describe(`an online store ${where}`, { skip }, () => {
    let place: Place;
    const open = () => place.open();
    before(async () => {
      place = await start();
    });
    after(() => place[Symbol.asyncDispose]());

    it('gives the bytes that it was given, and nothing for an entity that it has never seen', async () => {
      await using under = await open();
      const written = { chunks: { 0: 'head', 1: '', 7: 'events' }, appliedSeq: 2 ** 53 - 1 };
      const key = 'ORD\u001fLAX } {x} *?[a] ü😀';
      assert.deepEqual(await under.store.write([change(key, written)]), []);
      const wanted = {
        chunks: { 0: hex('head'), 1: '', 7: hex('events') },
        appliedSeq: 2 ** 53 - 1,
        baseSeq: 2 ** 53 - 1,
      };
      assert.deepEqual(await loaded(under.store, key), wanted);
      assert.equal(await loaded(under.store, 'ORD'), undefined);
      assert.equal(await loaded(under.store, key, 'flights/destination'), undefined);
      assert.deepEqual(await loaded(await under.reopened(), key), wanted);
    });

    it('keeps keys apart that are alike', async () => {
      await using under = await open();
      const keys = ['', 'a', 'a\u0000', 'A', '\ud800', '\udfff', '\ufffd', '"\\ud800"', 'a|b'];
      const changes = keys.map((key, index) =>
        change(key, { chunks: { 0: `h${index}` }, appliedSeq: index + 1 }),
      );
      assert.deepEqual(await under.store.write(changes), []);
      const many = under.store.isRemote
        ? await under.store.load(view, keys)
        : keys.map((key) => under.store.find(view, key) as StoredEntity);
      assert.deepEqual(
        many.map((stored) => seen(stored)?.chunks[0]),
        keys.map((_, index) => hex(`h${index}`)),
      );
    });

    it('changes, adds and removes chunks of what the change builds on', async () => {
      await using under = await open();
      const { store } = under;
      await store.write([change('a', { chunks: { 0: 'h', 1: 'x', 2: 'y' }, appliedSeq: 5 })]);
      const next = { chunks: { 1: undefined, 2: 'z', 3: 'n' }, appliedSeq: 9, baseSeq: 5 };
      assert.deepEqual(await store.write([change('a', next)]), []);
      assert.deepEqual(await loaded(store, 'a'), {
        chunks: { 0: hex('h'), 2: hex('z'), 3: hex('n') },
        appliedSeq: 9,
        baseSeq: 9,
      });
    });

    it('leaves what it has where a change is older, the same again, or comes late', async () => {
      await using under = await open();
      const { store } = under;
      const first = change('a', { chunks: { 0: 'one' }, appliedSeq: 5 });
      const second = change('a', { chunks: { 0: 'two' }, appliedSeq: 10, baseSeq: 5 });
      await store.write([first]);
      await store.write([second]);
      const late = change('a', { chunks: { 0: 'late', 4: 'x' }, appliedSeq: 7, baseSeq: 5 });
      const lateWhole = change('a', { chunks: { 0: 'whole' }, appliedSeq: 9 });
      assert.deepEqual(await store.write([first, second, late, lateWhole]), []);
      const wanted = { chunks: { 0: hex('two') }, appliedSeq: 10, baseSeq: 10 };
      assert.deepEqual(await loaded(store, 'a'), wanted);
    });

    it('gives back a change that builds on something else, and takes the whole state', async () => {
      await using under = await open();
      const { store } = under;
      await store.write([change('a', { chunks: { 0: 'h', 1: 'x' }, appliedSeq: 5 })]);
      const misfit = change('a', { chunks: { 2: 'y' }, appliedSeq: 9, baseSeq: 6 });
      const orphan = change('b', { chunks: { 2: 'y' }, appliedSeq: 9, baseSeq: 6 });
      assert.deepEqual(await store.write([misfit, orphan]), [misfit, orphan]);
      assert.deepEqual((await loaded(store, 'a'))?.appliedSeq, 5);
      assert.equal(await loaded(store, 'b'), undefined);
      const whole = change('a', { chunks: { 0: 'g', 2: 'y' }, appliedSeq: 9 });
      assert.deepEqual(await store.write([whole]), []);
      const wanted = { chunks: { 0: hex('g'), 2: hex('y') }, appliedSeq: 9, baseSeq: 9 };
      assert.deepEqual(await loaded(store, 'a'), wanted);
    });

    it('lists its entities in order, in parts', async () => {
      await using under = await open();
      const { store } = under;
      const keys = ['a', 'a\u001f', 'b', 'c', 'd'];
      await store.write(
        keys.map((key) => change(key, { chunks: { 0: 'h', 1: 'x' }, appliedSeq: 1 })),
      );
      const listed: string[] = [];
      for (let after: string | undefined; ; after = listed.at(-1)) {
        const part = store.keysAfter(view, after, 2);
        assert.ok(part.length <= 2);
        if (part.length === 0) break;
        listed.push(...part);
      }
      assert.deepEqual(listed, keys);
    });

    it('removes an entity, and leaves the others', async () => {
      await using under = await open();
      const { store } = under;
      for (const key of ['a', 'b'])
        await store.write([change(key, { chunks: { 0: 'h' }, appliedSeq: 4 })]);
      await store.removeEntity(view, 'a');
      await store.removeEntity(view, 'never');
      assert.equal(await loaded(store, 'a'), undefined);
      assert.equal((await loaded(store, 'b'))?.appliedSeq, 4);
      await store.write([change('a', { chunks: { 0: 'again' }, appliedSeq: 2 })]);
      assert.equal((await loaded(store, 'a'))?.appliedSeq, 2);
    });

    it('clears a view with its facts, and leaves the others', async () => {
      await using under = await open();
      const { store } = under;
      const other = 'flights/destination';
      await store.write([
        change('a', { chunks: { 0: 'h' }, appliedSeq: 1 }),
        change('a', { chunks: { 0: 'o' }, appliedSeq: 1, viewId: other }),
      ]);
      const hash = 'a'.repeat(64);
      await store.writeFacts({
        viewHashes: new Map([
          [view, hash],
          [other, hash],
        ]),
        stats: new Map([[view, { entities: 1, newestTs: 7 }]]),
        checkpointSeq: 1,
      });
      await store.clearView(view);
      assert.equal(await loaded(store, 'a'), undefined);
      assert.deepEqual(store.keysAfter(view, undefined, 5), []);
      assert.equal(store.viewHash(view), undefined);
      assert.deepEqual(store.viewStats(view), { entities: 0, newestTs: Number.NEGATIVE_INFINITY });
      assert.equal((await loaded(store, 'a', other))?.appliedSeq, 1);
      assert.equal(store.viewHash(other), hash);
      await store.refresh();
    });

    it('knows its facts when it is opened again, until it is told to forget them', async () => {
      await using under = await open();
      const stats = { entities: 3, newestTs: -5 };
      assert.deepEqual([under.store.checkpointSeq(), under.store.viewHash(view)], [0, undefined]);
      await under.store.writeFacts({ viewHashes: new Map([[view, 'x']]), checkpointSeq: 42 });
      await under.store.writeFacts({ stats: new Map([[view, stats]]) });
      const again = await under.reopened();
      await again.refresh();
      assert.deepEqual([again.checkpointSeq(), again.viewHash(view)], [42, 'x']);
      assert.deepEqual(again.viewStats(view), stats);
      await again.forget();
      assert.deepEqual([again.checkpointSeq(), again.viewHash(view)], [0, undefined]);
      await again.refresh();
    });
  });
}

describe('an online store that has lost something', { skip: skipRedis }, () => {
  const hashes = { viewHashes: new Map([[view, 'x']]), checkpointSeq: 5 };
  const written = { chunks: { 0: 'h' }, appliedSeq: 5, remainder: 'rest' };

  it('says so when all is gone, and not when that was told before', async () => {
    await using server = await RedisServer.start();
    await using under = await inRedis(server);
    await under.store.write([change('a', written)]);
    await under.store.writeFacts(hashes);
    await under.store.refresh();
    await server.command('flushall');
    await assert.rejects(under.store.refresh(), reasonIs('STATE_LOST'));
    await assert.rejects(under.store.load(view, ['a']), reasonIs('STATE_LOST'));
    await under.store.forget();
    await under.store.refresh();
  });

  it('says so when it is as it was before', async () => {
    await using server = await RedisServer.start();
    await using under = await inRedis(server);
    await under.store.write([change('a', written)]);
    await under.store.writeFacts(hashes);
    const keys = (await server.command('keys', '*')) as string[];
    const redis = server.connect();
    await redis.connect();
    const old = new Map<string, Buffer>();
    for (const key of keys) old.set(key, (await redis.dumpBuffer(key)) as Buffer);
    await under.store.write([change('a', { ...written, appliedSeq: 9, baseSeq: 5 })]);
    await under.store.writeFacts({ checkpointSeq: 9 });
    for (const [key, bytes] of old) await redis.restore(key, 0, bytes, 'REPLACE');
    redis.disconnect();
    await assert.rejects(under.store.refresh(), reasonIs('STATE_LOST'));
    await assert.rejects(under.store.load(view, ['a']), reasonIs('STATE_LOST'));
  });

  it('says so when one entity is gone before its time, and gives the rest of one that is gone after', async () => {
    await using server = await RedisServer.start();
    await using under = await inRedis(server);
    await under.store.write([
      change('a', written),
      change('forever', { chunks: { 0: 'h' }, appliedSeq: 5 }),
    ]);
    const [key] = (await server.command('keys', 'mlmesh:*|a}*')) as string[];
    const lifeMs = Number(await server.command('pttl', key ?? ''));
    assert.ok(lifeMs > 590_000 && lifeMs <= 600_000, `${lifeMs} ms to live`);
    const [other] = (await server.command('keys', 'mlmesh:*|forever}*')) as string[];
    assert.equal(await server.command('pttl', other ?? ''), -1);
    await server.command('del', key ?? '');
    await assert.rejects(under.store.load(view, ['a']), reasonIs('STATE_LOST'));
  });

  it('gives what is left of an entity whose time is over, and takes its whole state', async () => {
    await using server = await RedisServer.start();
    const folder = temporaryFolder();
    const files = KeyValueStore.open({ directory: folder.path });
    const url = parseRedisUrl(server.url);
    const client = await RedisClient.connect({ url, name: 'test', clock: systemClock });
    const short = new Map([[view, { stateHash: 'a'.repeat(64), lifeMs: 50 }]]);
    const parts = { client, files, clock: systemClock, meshName: 'm', logId: 'l', views: short };
    const store = new RedisOnlineStore(parts);
    await store.write([change('a', { ...written, chunks: { 0: 'h', 1: 'x' } })]);
    while (((await server.command('keys', 'mlmesh:*|a}*')) as string[]).length > 0);
    const rest = { chunks: { 0: hex('rest') }, appliedSeq: 5, baseSeq: undefined };
    assert.deepEqual(await loaded(store, 'a'), rest);
    await store.write([change('a', { chunks: { 0: 'n', 2: 'z' }, appliedSeq: 6 })]);
    const after = { chunks: { 0: hex('n'), 2: hex('z') }, appliedSeq: 6, baseSeq: 6 };
    assert.deepEqual(await loaded(store, 'a'), after);
    await store.close();
    await files[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });
});
