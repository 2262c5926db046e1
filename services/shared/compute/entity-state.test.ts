import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileView } from './compiled-view.ts';
import { EntityState, type StateChunk } from './entity-state.ts';
import { chunkRowsMax } from './event-chunk.ts';
import { featureStatus } from './feature-status.ts';
import { FeatureVector } from './feature-vector.ts';

const view = compileView({
  id: 'flights/origin',
  source: 'flights',
  by: ['origin'],
  columns: ['delay'],
  features: [
    {
      name: 'delayMean',
      view: { source: 'flights', by: ['origin'] },
      windowMs: 10,
      aggregate: { operator: 'mean', value: { kind: 'column', column: 'delay' } },
      default: 7,
      parity: 'exact',
    },
  ],
  retentionMs: 10,
});

function filled(rows: number): EntityState {
  const state = new EntityState(view);
  for (let row = 0; row < rows; row += 1) state.insert(row, row + 1, [row]);
  return state;
}

function read(state: EntityState, t: number): readonly [number | undefined, number | undefined] {
  const vector = new FeatureVector(1);
  state.read(t, vector, 0);
  return [vector.values[0], vector.statuses[0]];
}

const corrupt = { code: 'DATA_LOSS', reason: 'STATE_CORRUPT' };

describe('EntityState', () => {
  it('does not see an event at t, and sees one at t - window', () => {
    const state = filled(0);
    state.insert(100, 1, [4]);
    assert.deepEqual(read(state, 100), [7, featureStatus.notFound]);
    assert.deepEqual(read(state, 101), [4, featureStatus.present]);
    assert.deepEqual(read(state, 110), [4, featureStatus.present]);
    assert.deepEqual(read(state, 111), [7, featureStatus.null]);
  });

  it('writes only the chunk that an event went to', () => {
    const state = filled(3 * chunkRowsMax);
    assert.deepEqual(
      state.dirtyChunks().map(({ key }) => key),
      [0, 1, 2, 3],
    );
    state.markClean();
    state.insert(3 * chunkRowsMax - 1, 9_999, [1]);
    assert.deepEqual(
      state.dirtyChunks().map(({ key }) => key),
      [0, 4],
      'a full last chunk is followed by a new one',
    );
    state.markClean();
    state.insert(3 * chunkRowsMax, 10_000, [1]);
    assert.deepEqual(
      state.dirtyChunks().map(({ key }) => key),
      [4],
    );
  });

  it('splits a full chunk for a late event', () => {
    const state = filled(2 * chunkRowsMax);
    state.markClean();
    state.insert(5, 9_999, [1]);
    assert.deepEqual(
      state.dirtyChunks().map(({ key }) => key),
      [0, 1, 3],
    );
  });

  it('gives the same bytes for the same events', () => {
    const first = filled(700).dirtyChunks();
    const again = EntityState.load(view, first);
    again.insert(700, 701, [1]);
    const fresh = filled(700);
    fresh.insert(700, 701, [1]);
    assert.deepEqual(again.dirtyChunks(), fresh.dirtyChunks().slice(2));
  });

  it('refuses every damaged byte, a missing chunk and a missing header', () => {
    const stored = filled(20).dirtyChunks();
    for (const [index, chunk] of stored.entries()) {
      for (let byte = 0; byte < (chunk.bytes?.length ?? 0); byte += 1) {
        const damaged = stored.map((other, place) =>
          place === index ? flipped(other, byte) : other,
        );
        assert.throws(() => EntityState.load(view, damaged), corrupt);
      }
      assert.throws(
        () =>
          EntityState.load(
            view,
            stored.filter((other) => other !== chunk),
          ),
        corrupt,
      );
    }
    assert.throws(() => EntityState.load(view, []), corrupt);
  });

  it('takes a few bytes for an event', () => {
    const bytes = filled(chunkRowsMax)
      .dirtyChunks()
      .reduce((sum, chunk) => sum + (chunk.bytes?.length ?? 0), 0);
    assert.ok(bytes < chunkRowsMax * 5, `${bytes} bytes`);
  });
});

function flipped(chunk: StateChunk, at: number): StateChunk {
  const bytes = Uint8Array.from(chunk.bytes ?? []);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return { key: chunk.key, bytes };
}
