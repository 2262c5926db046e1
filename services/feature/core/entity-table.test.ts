import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FeatureVector } from '../../shared/compute/feature-vector.ts';
import type { ViewPlan } from '../../shared/compute/plan.ts';
import { readAll } from '../../shared/compute/read-plan.ts';
import { Checkpoint, type CheckpointWrite } from './checkpoint.ts';
import type { EntityStore, EntityTable, StoredEntity } from './entity-table.ts';
import { OnlineState } from './online-state.ts';

const view: ViewPlan = {
  id: 's/k',
  source: 's',
  by: ['k'],
  columns: [],
  features: [
    {
      name: 'events',
      view: { source: 's', by: ['k'] },
      windowMs: 1_000,
      aggregate: { operator: 'count' },
      default: 0,
      parity: 'exact',
    },
  ],
  retentionMs: 1_000,
};

/** A store in memory. */
class MemoryStates implements EntityStore {
  readonly chunks = new Map<string, Map<number, Uint8Array>>();
  readonly applied = new Map<string, number>();
  checkpointSeq = 0;
  loads = 0;
  isFull = false;

  viewStats() {
    return { entities: this.applied.size, newestTs: Number.NEGATIVE_INFINITY };
  }

  loadEntity(_viewId: string, key: string): StoredEntity | undefined {
    const chunks = this.chunks.get(key);
    if (chunks === undefined) return undefined;
    this.loads += 1;
    return {
      chunks: [...chunks].map(([chunkKey, bytes]) => ({ key: chunkKey, bytes })),
      appliedSeq: this.applied.get(key) ?? 0,
    };
  }

  nextEntity(_viewId: string, after: string | undefined): string | undefined {
    return [...this.chunks.keys()]
      .sort((a, b) => (a < b ? -1 : 1))
      .find((key) => after === undefined || key > after);
  }

  readonly write = ({ changes, checkpointSeq }: CheckpointWrite): Promise<void> => {
    if (this.isFull) return Promise.reject(new Error('disk full'));
    for (const { key, chunks, appliedSeq } of changes) {
      const stored = this.chunks.get(key) ?? new Map<number, Uint8Array>();
      this.chunks.set(key, stored);
      for (const { key: chunkKey, bytes } of chunks) {
        if (bytes === undefined) stored.delete(chunkKey);
        else stored.set(chunkKey, bytes);
      }
      this.applied.set(key, appliedSeq);
    }
    this.checkpointSeq = checkpointSeq ?? this.checkpointSeq;
    return Promise.resolve();
  };
}

const nothing = new Float64Array(0);

function insert(table: EntityTable, key: string, ts: number, seq: number): void {
  table.insert(table.handle(key), ts, seq, nothing);
}

function countOf(table: EntityTable, key: string, t: number): number {
  const vector = new FeatureVector(1);
  table.find(key)?.read(t, readAll(table.view), vector, 0);
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
    write: store.write,
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
    const handle = table.handle('a');
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
