import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EventIdStore, EventIds } from './event-ids.ts';

/** A store that holds what was settled into it. */
class MemoryIds implements EventIdStore {
  readonly pages = new Map<string, Uint8Array>();
  readonly texts = new Set<string>();

  idPage(source: string, page: number): Uint8Array | undefined {
    return this.pages.get(`${source}/${page}`);
  }

  hasTextId(source: string, id: string): boolean {
    return this.texts.has(`${source}/${id}`);
  }

  store(ids: EventIds): void {
    const { pages, texts } = ids.claimed();
    for (const { source, page, bits } of pages) this.pages.set(`${source}/${page}`, bits);
    for (const { source, id } of texts) this.texts.add(`${source}/${id}`);
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

describe('EventIds', () => {
  it('gives each id once, whatever its form', () => {
    const ids = new EventIds(new MemoryIds());
    for (const id of someIds) assert.equal(ids.claim('s', id), true, id);
    for (const id of someIds) assert.equal(ids.claim('s', id), false, id);
    for (const id of someIds) assert.equal(ids.claim('other', id), true, id);
  });

  it('knows stored ids after a restart', () => {
    const store = new MemoryIds();
    const first = new EventIds(store);
    for (const id of someIds) first.claim('s', id);
    store.store(first);
    const second = new EventIds(store);
    for (const id of someIds) assert.equal(second.claim('s', id), false, id);
    assert.equal(second.claim('s', '8'), true);
  });

  it('frees ids that could not be stored', () => {
    const store = new MemoryIds();
    const ids = new EventIds(store);
    ids.claim('s', '3');
    store.store(ids);
    ids.claim('s', '4');
    ids.claim('s', 'x');
    ids.release();
    assert.deepEqual(
      ['3', '4', 'x'].map((id) => ids.claim('s', id)),
      [false, true, true],
    );
  });
});
