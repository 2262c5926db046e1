import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryStates } from '../../../test/support/memory-states.ts';
import { FeatureVector } from '../../shared/compute/feature-vector.ts';
import type { ViewPlan } from '../../shared/compute/plan.ts';
import { readAll } from '../../shared/compute/read-plan.ts';
import { Checkpoint } from './checkpoint.ts';
import type { EntityTable } from './entity-table.ts';
import { OnlineState } from './online-state.ts';

const view: ViewPlan = {
  id: 's/k',
  source: 's',
  by: ['k'],
  columns: [],
  derivedColumns: [],
  features: [
    {
      name: 'events',
      view: { source: 's', by: ['k'] },
      window: { kind: 'sliding', lengthMs: 1_000, delayMs: 0 },
      aggregate: { operator: 'count' },
      default: 0,
      parity: 'exact',
    },
  ],
  retentionMs: 1_000,
};

const nothing = new Float64Array(0);

function insert(table: EntityTable, key: string, ts: number, seq: number): void {
  table.insert({ key, entry: undefined }, ts, seq, nothing);
}

function countOf(table: EntityTable, key: string, t: number): number {
  const vector = new FeatureVector(1);
  const state = table.find(key);
  assert.notEqual(state, 'elsewhere');
  if (typeof state === 'object') state.read(t, readAll(table.view), vector, 0);
  return vector.values[0] ?? Number.NaN;
}

function setUp(store: MemoryStates, entitiesMax = 100) {
  const state = new OnlineState({ views: [view] }, store, {
    entitiesMax,
    sliceRowsMax: 10,
    logOffset: store.checkpointSeq,
    yieldTurn: () => Promise.resolve(),
  });
  const checkpoint = new Checkpoint(state, {
    store,
    transactionEntitiesMax: 2,
    slackMs: 0,
    newestAskedMs: () => Number.NEGATIVE_INFINITY,
  });
  const table = state.tables.get(view.id);
  assert.ok(table);
  return { state, checkpoint, table };
}

describe('EntityTable', () => {
  it('keeps changed states, and loads others again after it let go of them', async () => {
    const store = new MemoryStates();
    const { checkpoint, table } = setUp(store, 10);
    for (let seq = 1; seq <= 30; seq += 1) {
      insert(table, `e${seq}`, seq, seq);
    }
    assert.equal(table.size, 30);
    await checkpoint.run();
    for (let seq = 1; seq <= 30; seq += 1) assert.equal(countOf(table, `e${seq}`, 100), 1);
    insert(table, 'more', 50, 31);
    assert.ok(table.size <= 12, `${table.size} in memory`);
    for (let seq = 1; seq <= 30; seq += 1) assert.equal(countOf(table, `e${seq}`, 100), 1);
    assert.ok(store.loads > 0);
    assert.equal(table.stats.entities, 31);
  });

  it('applies no event again that the stored state has', async () => {
    const store = new MemoryStates();
    const first = setUp(store);
    insert(first.table, 'a', 1, 5);
    await first.checkpoint.run();
    const second = setUp(store);
    for (const seq of [4, 5, 6]) insert(second.table, 'a', seq, seq);
    assert.equal(countOf(second.table, 'a', 100), 2);
  });

  it('finds an entity anew by a handle whose state it has let go of', async () => {
    const { checkpoint, table } = setUp(new MemoryStates(), 10);
    const handle = { key: 'a', entry: undefined };
    table.insert(handle, 1, 1, nothing);
    await checkpoint.run();
    for (let seq = 2; seq <= 40; seq += 1) {
      insert(table, `e${seq}`, seq, seq);
      await checkpoint.run();
    }
    table.insert(handle, 50, 50, nothing);
    assert.equal(countOf(table, 'a', 100), 2);
  });
});

describe('EntityTable over a store that has to be waited for', () => {
  async function stored(keys: readonly string[]): Promise<MemoryStates> {
    const store = new MemoryStates(true);
    const { table, checkpoint } = setUp(store);
    for (const key of keys) insert(table, key, 1, 1);
    await checkpoint.run();
    return store;
  }

  /** Closes the store's gate; gives what opens it. */
  function closed(store: MemoryStates): () => void {
    let open: () => void = () => undefined;
    store.gate = new Promise((resolve) => {
      open = resolve;
    });
    return open;
  }

  it('says that an entity is elsewhere, and what nobody has ever seen without asking', async () => {
    const store = await stored(['a']);
    const { table } = setUp(store);
    assert.equal(table.find('a'), 'elsewhere');
    assert.equal(table.find('b'), undefined);
    assert.equal(store.loads, 0);
    (await table.hold(['a', 'b']))();
    assert.equal(countOf(table, 'a', 100), 1);
    assert.deepEqual([store.loads, table.size], [1, 1]);
  });

  it('loads an entity once for all who ask while it is on its way', async () => {
    const store = await stored(['a', 'b']);
    const { table } = setUp(store);
    const open = closed(store);
    const holds = [table.hold(['a']), table.hold(['a', 'b']), table.hold(['b'])];
    open();
    const releases = await Promise.all(holds);
    assert.equal(store.loads, 2);
    for (const release of releases) release();
    assert.deepEqual([countOf(table, 'a', 100), countOf(table, 'b', 100)], [1, 1]);
  });

  it('adds the event of an entity that is on its way when it is there, and to nothing else', async () => {
    const store = await stored(['a']);
    const { table, state, checkpoint } = setUp(store);
    const open = closed(store);
    const read = table.hold(['a']);
    const text = { dictionary: ['a'], codes: new Uint32Array(1) };
    const event = { ts: 2, seq: 2, row: 0 };
    const applied = state.apply(
      {
        source: 's',
        ingestedMs: 0,
        events: {
          rows: 1,
          ts: Float64Array.of(event.ts),
          seq: Float64Array.of(event.seq),
          numbers: new Map(),
          texts: new Map([['k', text]]),
          ids: [],
        },
      },
      2,
    );
    open();
    await applied;
    (await read)();
    assert.equal(countOf(table, 'a', 100), 2);
    await checkpoint.run();
    const again = setUp(store);
    (await again.table.hold(['a']))();
    assert.equal(countOf(again.table, 'a', 100), 2);
  });

  it('keeps what is held, however little room there is', async () => {
    const keys = Array.from({ length: 50 }, (_, index) => `e${index}`);
    const store = await stored(keys);
    const { table } = setUp(store, 5);
    const release = await table.hold(keys);
    for (const key of keys) assert.equal(countOf(table, key, 100), 1);
    release();
    (await table.hold(['e0']))();
    for (const key of ['more', 'and', 'more still']) insert(table, key, 1, 2);
    assert.ok(table.size < 12, `${table.size} in memory`);
  });

  it('leaves what was on its way when it started over, and says so by asking again', async () => {
    const store = await stored(['a']);
    const { table } = setUp(store);
    const open = closed(store);
    const before = table.hold(['a']);
    table.reload();
    open();
    (await before)();
    assert.equal(table.find('a'), 'elsewhere');
    (await table.hold(['a']))();
    assert.equal(countOf(table, 'a', 100), 1);
  });

  it('leaves what was on its way when somebody else changed it', async () => {
    const store = await stored(['a']);
    const { table } = setUp(store);
    const open = closed(store);
    const before = table.hold(['a']);
    store.states.delete('a');
    table.forget(['a'], 1);
    open();
    (await before)();
    assert.equal(table.find('a'), undefined);
  });

  it('holds nothing when a load fails, and loads at the next call', async () => {
    const store = await stored(['a', 'b']);
    const { table } = setUp(store, 1);
    (await table.hold(['a']))();
    store.gate = Promise.reject(new Error('gone'));
    await assert.rejects(table.hold(['a', 'b']), /gone/);
    store.gate = Promise.resolve();
    (await table.hold(['b']))();
    for (const key of ['c', 'd']) insert(table, key, 1, 2);
    assert.equal(table.find('a'), 'elsewhere', 'nobody holds it any more');
  });

  it('writes the whole state where a change does not fit what is stored', async () => {
    const store = await stored(['a', 'b']);
    const { table, state, checkpoint } = setUp(store);
    (await table.hold(['a', 'b']))();
    store.states.delete('a');
    store.applied.delete('a');
    for (const key of ['a', 'b']) insert(table, key, 2, 2);
    state.advance(2);
    await checkpoint.run();
    assert.equal(store.checkpointSeq, 2);
    const again = setUp(store);
    (await again.table.hold(['a', 'b']))();
    assert.deepEqual([countOf(again.table, 'a', 100), countOf(again.table, 'b', 100)], [2, 2]);
  });

  it('takes nobody for never seen while the store is made anew', async () => {
    const store = await stored(['a', 'b']);
    const { table } = setUp(store);
    (await table.hold(['a']))();
    table.doubtStore();
    store.states.clear();
    assert.equal(countOf(table, 'a', 100), 1);
    assert.deepEqual([table.find('b'), table.find('c')], ['elsewhere', 'elsewhere']);
    table.reload();
    assert.deepEqual([table.find('b'), table.find('c')], [undefined, undefined]);
  });

  it('leaves what is stored when it is newer', async () => {
    const store = await stored(['a']);
    const [late, fresh] = [setUp(store), setUp(store)];
    for (const { table } of [late, fresh]) (await table.hold(['a']))();
    insert(late.table, 'a', 2, 2);
    for (const seq of [2, 3]) insert(fresh.table, 'a', seq, seq);
    await fresh.checkpoint.run();
    await late.checkpoint.run();
    const again = setUp(store);
    (await again.table.hold(['a']))();
    assert.equal(countOf(again.table, 'a', 100), 3);
  });
});

describe('OnlineState', () => {
  it('loads what is stored until there is no more room', async () => {
    const store = new MemoryStates();
    const first = setUp(store);
    for (const key of ['a', 'b', 'c', 'd']) insert(first.table, key, 1, 1);
    await first.checkpoint.run();
    const { signal } = new AbortController();
    const all = setUp(store);
    await all.state.warm(signal);
    assert.equal(all.table.size, 4);
    const some = setUp(store, 2);
    await some.state.warm(signal);
    assert.equal(some.table.size, 2);
  });
});

describe('Checkpoint', () => {
  it('writes what failed before anything later', async () => {
    const store = new MemoryStates();
    const { checkpoint, table, state } = setUp(store);
    for (const key of ['a', 'b', 'c']) insert(table, key, 1, 1);
    store.isFull = true;
    await assert.rejects(checkpoint.run(), /disk full/);
    insert(table, 'a', 2, 2);
    state.advance(2);
    store.isFull = false;
    await checkpoint.run();
    const again = setUp(store);
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => countOf(again.table, key, 100)),
      [2, 1, 1],
    );
    assert.equal(store.checkpointSeq, 2);
  });
});
