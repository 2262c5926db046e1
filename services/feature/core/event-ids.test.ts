import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EventIdStore, EventIds } from './event-ids.ts';

/** A store that holds what was settled into it. */
class MemoryIds implements EventIdStore {
  readonly pages = new Map<string, Uint8Array>();
  readonly hashes = new Set<string>();
  readonly positions = new Map<string, number>();

  idPage(source: string, page: number): Uint8Array | undefined {
    return this.pages.get(`${source}/${page}`);
  }

  hasIdHash(hash: string): boolean {
    return this.hashes.has(hash);
  }

  position(source: string, partition: string): number | undefined {
    return this.positions.get(`${source}/${partition}`);
  }

  store(ids: EventIds): void {
    const { pages, hashes, positions } = ids.claimed();
    for (const { source, page, bits } of pages) this.pages.set(`${source}/${page}`, bits);
    for (const hash of hashes) this.hashes.add(hash);
    for (const { source, partition, position } of positions) {
      this.positions.set(`${source}/${partition}`, position);
    }
    ids.settle();
  }
}

const someIds = [
  '0',
  '1',
  '7',
  '07',
  '4095',
  '4096',
  '134217727',
  '134217728',
  '-1',
  '1.0',
  'a',
  '9999999999',
];

const all = someIds.map((_, row) => row);
const claim = (ids: EventIds, source: string, ...texts: string[]): readonly number[] => [
  ...ids.claim(source, { kind: 'texts', texts }, texts.length),
];
const claimAt = (ids: EventIds, partition: string, first: number, rows: number) => [
  ...ids.claim('s', { kind: 'positions', partition, first }, rows),
];

describe('EventIds', () => {
  it('gives each id once, whatever its form', () => {
    const ids = new EventIds(new MemoryIds());
    assert.deepEqual(claim(ids, 's', ...someIds), all);
    assert.deepEqual(claim(ids, 's', ...someIds), []);
    assert.deepEqual(claim(ids, 'other', ...someIds), all);
  });

  it('takes the first row of an id that stands twice in a batch', () => {
    const ids = new EventIds(new MemoryIds());
    assert.deepEqual(claim(ids, 's', 'b', '5', 'a', 'b', '5', 'a', 'c'), [0, 1, 2, 6]);
  });

  it('knows stored ids after a restart', () => {
    const store = new MemoryIds();
    const first = new EventIds(store);
    claim(first, 's', ...someIds);
    store.store(first);
    const second = new EventIds(store);
    assert.deepEqual(claim(second, 's', ...someIds, '8'), [someIds.length]);
  });

  it('frees ids that could not be stored', () => {
    const store = new MemoryIds();
    const ids = new EventIds(store);
    claim(ids, 's', '3');
    store.store(ids);
    claim(ids, 's', '4', 'x');
    claimAt(ids, 'p', 0, 5);
    ids.release();
    assert.deepEqual(claim(ids, 's', '3', '4', 'x'), [1, 2]);
    assert.deepEqual(claimAt(ids, 'p', 0, 2), [0, 1]);
  });

  it('takes positions above the highest one of their partition, with gaps', () => {
    const store = new MemoryIds();
    const ids = new EventIds(store);
    assert.deepEqual(claimAt(ids, 'p', 0, 3), [0, 1, 2]);
    assert.deepEqual(claimAt(ids, 'p', 1, 3), [2]);
    assert.deepEqual(claimAt(ids, 'q', 1, 1), [0]);
    assert.deepEqual(claimAt(ids, 'p', 10, 2), [0, 1]);
    assert.deepEqual(claimAt(ids, 'p', 5, 3), []);
    store.store(ids);
    assert.deepEqual(claimAt(ids, 'p', 11, 2), [1]);
    ids.release();
    assert.deepEqual(claimAt(new EventIds(store), 'p', 10, 4), [2, 3]);
  });
});
