import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../kernel/mesh-error.ts';
import { seededRandom } from '../kernel/random.ts';
import { compileView } from './compiled-view.ts';
import { EntityState, type StateChunk } from './entity-state.ts';
import { chunkRowsMax } from './event-chunk.ts';
import { featureStatus } from './feature-status.ts';
import { FeatureVector } from './feature-vector.ts';
import { readAll } from './read-plan.ts';
import { windowBegin } from './window.ts';

const delay = {
  expression: { kind: 'column', column: 'delay' },
  isWhole: true,
  scale: 0,
} as const;
const view = compileView({
  id: 'flights/origin',
  source: 'flights',
  by: ['origin'],
  columns: ['delay'],
  derivedColumns: [],
  features: [
    {
      name: 'delayMean',
      view: { source: 'flights', by: ['origin'] },
      window: { kind: 'sliding', lengthMs: 10, delayMs: 0 },
      aggregate: { operator: 'mean', value: delay },
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
  state.read(t, readAll(view), vector, 0);
  return [vector.values[0], vector.statuses[0]];
}

/** A sum alone: a variance beside it would notice huge values by their squares. */
const sumView = compileView({
  ...view.plan,
  features: [1, 1_000].map((lengthMs) => ({
    name: `delaySum${lengthMs}`,
    view: { source: 'flights', by: ['origin'] },
    window: { kind: 'sliding', lengthMs, delayMs: 0 },
    aggregate: { operator: 'sum', value: delay },
    default: 0,
    parity: 'exact',
  })),
});

function sumsOf(delays: readonly number[], t: number): readonly number[] {
  const state = new EntityState(sumView);
  for (const [index, delay] of delays.entries()) state.insert(index, index + 1, [delay]);
  const vector = new FeatureVector(2);
  state.read(t, readAll(sumView), vector, 0);
  return [...vector.values];
}

/** Least and greatest over windows that end inside a chunk, span several, and hold everything. */
const extremesView = compileView({
  ...view.plan,
  features: (['min', 'max'] as const).flatMap((operator) =>
    [3, 70, 900, 100_000].map((lengthMs) => ({
      name: `${operator}${lengthMs}`,
      view: { source: 'flights', by: ['origin'] },
      window: { kind: 'sliding' as const, lengthMs, delayMs: 0 },
      aggregate: { operator, value: delay },
      default: 0,
      parity: 'exact' as const,
    })),
  ),
});

const corrupt = { code: 'DATA_LOSS', reason: 'STATE_CORRUPT' };

describe('EntityState', () => {
  it('gives the least and greatest of any window, at the end and in the past, with late events and missing values', () => {
    const random = seededRandom(7);
    const state = new EntityState(extremesView);
    const events: { readonly ts: number; readonly delay: number }[] = [];
    const plan = readAll(extremesView);
    const vector = new FeatureVector(extremesView.features.length);
    for (let seq = 1; seq <= 2_500; seq += 1) {
      const isLate = random.next() < 0.05;
      const ts = Math.floor(isLate ? random.next() * seq : seq);
      const delay = random.next() < 0.1 ? Number.NaN : Math.floor(random.next() * 1e6);
      state.insert(ts, seq, [delay]);
      events.push({ ts, delay });
      if (seq % 97 !== 0) continue;
      for (const t of [seq + 1, Math.floor(random.next() * seq), 0.5]) {
        state.read(t, plan, vector, 0);
        const expected = extremesView.plan.features.map(({ window, aggregate }) => {
          const delays = events
            .filter((event) => event.ts < t && event.ts >= windowBegin(window, t))
            .map((event) => event.delay)
            .filter((value) => !Number.isNaN(value));
          if (delays.length === 0) return 0;
          return aggregate.operator === 'min' ? Math.min(...delays) : Math.max(...delays);
        });
        assert.deepEqual([...vector.values], expected, `at ${t} after ${seq} events`);
      }
    }
  });

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

  it('loses nothing when running totals leave the exact range and come back', () => {
    const huge = Number.MAX_SAFE_INTEGER;
    assert.deepEqual(sumsOf([huge, huge, 1, -huge, -huge], 3), [1, Number(2n ** 54n - 1n)]);
    assert.deepEqual(sumsOf([huge, huge, 1, -huge, -huge], 5), [-huge, 1]);
  });

  it('loses nothing when values that are not huge add up to more than 2^53', () => {
    const odd = 2 ** 42 - 1;
    const delays = Array.from({ length: 6 * chunkRowsMax + 1 }, () => odd);
    const rows = 1_000n;
    assert.deepEqual(sumsOf(delays, delays.length), [odd, Number(rows * BigInt(odd))]);
    const up = delays.map((delay, index) => (index < 3_000 ? delay : -delay));
    assert.deepEqual(sumsOf(up, 3_003), [-odd, 994 * odd]);
  });

  it('takes a few bytes for an event', () => {
    const bytes = filled(chunkRowsMax)
      .dirtyChunks()
      .reduce((sum, chunk) => sum + (chunk.bytes?.length ?? 0), 0);
    assert.ok(bytes < chunkRowsMax * 5, `${bytes} bytes`);
  });

  it('answers from what is left of it as from all of it, or says that it cannot', () => {
    const aged = compileView({
      ...view.plan,
      features: [
        ...view.plan.features,
        {
          name: 'flights',
          view: { source: 'flights', by: ['origin'] },
          window: { kind: 'sliding', lengthMs: 40, delayMs: 5 },
          aggregate: { operator: 'count' },
          default: -1,
          maxAgeMs: 60,
          parity: 'exact',
        },
      ],
      retentionMs: 60,
    });
    const state = new EntityState(aged);
    for (let row = 0; row < chunkRowsMax + 100; row += 1) state.insert(row, row + 1, [row]);
    const [bytes, newest] = [state.remainder(), chunkRowsMax + 99];
    const rest = EntityState.load(aged, [{ key: 0, bytes }]);
    const plan = readAll(aged);
    const answers: number[] = [];
    for (let t = newest - 50; t < newest + 100; t += 1) {
      const [whole, left] = [new FeatureVector(2), new FeatureVector(2)];
      state.read(t, plan, whole, 0);
      try {
        rest.read(t, plan, left, 0);
      } catch (error) {
        assert.ok(error instanceof MeshError && error.reason === 'HISTORY_PRUNED');
        continue;
      }
      assert.deepEqual(left, whole, `at ${t}`);
      answers.push(t);
    }
    // The longer window ends at newest + 45.
    assert.deepEqual([answers[0], answers.length], [newest + 46, 54]);
    rest.insert(newest + 50, newest + 50, [1]);
    state.insert(newest + 50, newest + 50, [1]);
    const [whole, left] = [new FeatureVector(2), new FeatureVector(2)];
    state.read(newest + 56, plan, whole, 0);
    rest.read(newest + 56, plan, left, 0);
    assert.deepEqual(left, whole);
  });

  it('leaves nothing that could stand for features that never forget', () => {
    const ever = compileView({
      ...view.plan,
      features: view.plan.features.map((feature) => ({
        ...feature,
        window: { kind: 'lifetime', delayMs: 0 },
      })),
    });
    assert.equal(new EntityState(ever).remainder(), undefined);
  });
});

function flipped(chunk: StateChunk, at: number): StateChunk {
  const bytes = Uint8Array.from(chunk.bytes ?? []);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return { key: chunk.key, bytes };
}
