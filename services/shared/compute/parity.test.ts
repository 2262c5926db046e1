import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ReferenceEvent, referenceViews } from '../../../test/support/reference-features.ts';
import { referenceAnswer } from '../../../test/support/reference-value.ts';
import { seededRandom } from '../kernel/random.ts';
import { type CompiledView, compileView } from './compiled-view.ts';
import { EntityState } from './entity-state.ts';
import type { EventColumns } from './event-columns.ts';
import { FeatureVector } from './feature-vector.ts';
import { readAll } from './read-plan.ts';
import { recomputationOf } from './recompute.ts';
import { sweepView } from './sweep.ts';
import { derivedColumn } from './text-columns.ts';

const views = referenceViews.map(({ view, features }) => ({ view: compileView(view), features }));

/** Values of the view's columns for one event, in their order; NaN where one is missing. */
function valuesOf({ plan }: CompiledView, event: ReferenceEvent): Float64Array {
  return Float64Array.from(plan.columns, (name) => {
    const derived = plan.derivedColumns.find((column) => column.name === name);
    if (derived !== undefined) {
      const texts = {
        dictionary: [event.kind ?? ''],
        codes: new Uint32Array([event.kind === undefined ? 9 : 0]),
      };
      return derivedColumn(derived, texts)[0] ?? Number.NaN;
    }
    const isGift = event.isGift === undefined ? undefined : Number(event.isGift);
    const columns = { amount: event.cents, price: event.price, count: event.count, isGift };
    return columns[name as keyof typeof columns] ?? Number.NaN;
  });
}

function columnsOf(view: CompiledView, events: readonly ReferenceEvent[]): EventColumns {
  const sorted = [...events].sort((left, right) => left.ts - right.ts || left.seq - right.seq);
  const rows = sorted.map((event) => valuesOf(view, event));
  return {
    rows: sorted.length,
    ts: Float64Array.from(sorted, (event) => event.ts),
    seq: Float64Array.from(sorted, (event) => event.seq),
    columns: new Map(
      view.plan.columns.map((name, index) => [
        name,
        Float64Array.from(rows, (row) => row[index] ?? Number.NaN),
      ]),
    ),
  };
}

function recomputed(
  view: CompiledView,
  events: readonly ReferenceEvent[],
  times: readonly number[],
): FeatureVector {
  const width = view.features.length;
  const vector = new FeatureVector(times.length * width);
  const recompute = recomputationOf(view.plan, columnsOf(view, events));
  times.forEach((time, row) => {
    const one = recompute(time, events.length);
    vector.values.set(one.values, row * width);
    vector.statuses.set(one.statuses, row * width);
  });
  return vector;
}

function read(state: EntityState, view: CompiledView, times: readonly number[]): FeatureVector {
  const vector = new FeatureVector(times.length * view.features.length);
  const plan = readAll(view);
  for (const [row, time] of times.entries()) {
    state.read(time, plan, vector, row * view.features.length);
  }
  return vector;
}

/** Bit for bit: the bytes of the doubles are compared, not the doubles. */
function assertSameBits(actual: FeatureVector, expected: FeatureVector, what: string): void {
  assert.deepEqual(actual.statuses, expected.statuses, `statuses ${what}`);
  assert.deepEqual(
    new BigUint64Array(actual.values.buffer),
    new BigUint64Array(expected.values.buffer),
    `values ${what}: ${[...actual.values].join()} and ${[...expected.values].join()}`,
  );
}

function assertOracle(
  actual: FeatureVector,
  { view, features }: (typeof views)[number],
  { events, times }: { events: readonly ReferenceEvent[]; times: readonly number[] },
): void {
  times.forEach((t, row) => {
    features.forEach((feature, index) => {
      const plan = view.plan.features[index];
      assert.ok(plan !== undefined);
      const { status, value, tolerance } = referenceAnswer(plan, feature, { events, t });
      const cell = row * features.length + index;
      const found = actual.values[cell] ?? Number.NaN;
      const what = `${plan.name} at ${t}: ${found} where the oracle says ${value}`;
      assert.equal(actual.statuses[cell], status, `status of ${what}`);
      if (tolerance === 0) assert.ok(Object.is(found, value), what);
      // A sketch is relative down to the least normal double.
      else assert.ok(Math.abs(found - value) <= tolerance * Math.abs(value) + 2 ** -1_022, what);
    });
  });
}

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 7, arbitrary }, { weight: 1, arbitrary: fc.constant(undefined) });

const odd = [0, -0, 5e-324, -5e-324, 2.2250738585072014e-308, 1e308, -1e308, 0.1, 1e16, 1] as const;
const greatest = Number.MAX_SAFE_INTEGER;

const eventArbitrary = fc.record({
  ts: fc.integer({ min: -5, max: 60 }),
  cents: optional(
    fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: -5_000, max: 5_000 }) },
      // These cancel: a total that is small again says nothing about the steps to it.
      { weight: 1, arbitrary: fc.constantFrom(greatest, -greatest, 0) },
    ),
  ),
  price: optional(
    fc.oneof(
      { weight: 3, arbitrary: fc.double({ min: -100, max: 100, noNaN: true }) },
      { weight: 2, arbitrary: fc.constantFrom(...odd) },
      { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
    ),
  ),
  count: optional(fc.integer({ min: -20, max: 20 })),
  kind: optional(fc.constantFrom('FOOD', 'TOYS', 'food', '', '😀')),
  isGift: optional(fc.boolean()),
});

const caseArbitrary = fc.record({
  viewIndex: fc.integer({ min: 0, max: views.length - 1 }),
  arrivals: fc.array(eventArbitrary, { maxLength: 24 }),
  times: fc
    .array(fc.integer({ min: -10, max: 110 }), { minLength: 1, maxLength: 4 })
    .map((times) => times.sort((left, right) => left - right)),
  // What a tile holds, where the process restarts, and up to which time events are let go of.
  rowsMax: fc.integer({ min: 2, max: 9 }),
  restartAfter: fc.integer({ min: 0, max: 24 }),
  pruneBefore: fc.integer({ min: -10, max: 60 }),
});

type Case = typeof caseArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** Runs a log through an online state that is cut into tiles, let go of and restarted on the way. */
function onlineState(view: CompiledView, log: readonly ReferenceEvent[], given: Case): EntityState {
  let state = new EntityState(view, given.rowsMax);
  log.forEach((event, index) => {
    state.insert(event.ts, event.seq, valuesOf(view, event));
    if (index + 1 !== given.restartAfter) return;
    const stored = state.dirtyChunks();
    state.markClean();
    state = EntityState.load(view, stored, given.rowsMax);
  });
  return state;
}

describe('parity', () => {
  it('gives the same bits online, offline, in the audit and by the oracle, over 10,000 logs', () => {
    fc.assert(
      fc.property(caseArbitrary, (given) => {
        const chosen = views[given.viewIndex];
        assert.ok(chosen !== undefined);
        const { view } = chosen;
        const { times } = given;
        const events = given.arrivals.map((event, index) => ({ ...event, seq: index + 1 }));
        const expected = recomputed(view, events, times);
        assertOracle(expected, chosen, { events, times });
        const swept = sweepView(view, columnsOf(view, events), Float64Array.from(times));
        assertSameBits(swept, expected, 'of the sweep');
        const state = onlineState(view, events, given);
        assertSameBits(read(state, view, times), expected, 'of the online state');
        // Compaction: times that reach what was let go of are refused, all others are answered as before.
        state.prune(given.pruneBefore);
        const later = times.filter((time) => time >= given.pruneBefore + view.plan.retentionMs);
        const after = recomputed(view, events, later);
        assertSameBits(read(state, view, later), after, 'after letting go');
      }),
      { numRuns: 10_000, seed: 20_010_601 },
    );
  });

  it('reads between insertions as if only those events had ever been there', () => {
    fc.assert(
      fc.property(caseArbitrary, (given) => {
        const chosen = views[given.viewIndex];
        assert.ok(chosen !== undefined);
        const { view } = chosen;
        const events = given.arrivals.map((event, index) => ({ ...event, seq: index + 1 }));
        const state = new EntityState(view, given.rowsMax);
        events.forEach((event, index) => {
          state.insert(event.ts, event.seq, valuesOf(view, event));
          if (index % 5 !== 0) return;
          const expected = recomputed(view, events.slice(0, index + 1), given.times);
          assertSameBits(read(state, view, given.times), expected, `at log offset ${index + 1}`);
        });
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it('holds over many tiles with late events, ties, letting go and loading', () => {
    for (const { view } of views) {
      const random = seededRandom(3);
      const events = Array.from({ length: 1_500 }, (_, index): ReferenceEvent => {
        const lateBy = random.next() < 0.1 ? Math.floor(random.next() * 40) : 0;
        return {
          ts: Math.floor(index / 30) - lateBy,
          seq: index + 1,
          cents: Math.floor(random.next() * 20_000) - 5_000,
          price: random.next() * 100,
          count: Math.floor(random.next() * 40) - 20,
          kind: random.next() < 0.5 ? 'FOOD' : 'TOYS',
          isGift: random.next() < 0.5,
        };
      });
      const times = [-50, 0, 1, 39, 40, 41, 45, 50, 51, 83, 90];
      const expected = recomputed(view, events, times);
      const swept = sweepView(view, columnsOf(view, events), Float64Array.from(times));
      assertSameBits(swept, expected, 'of the sweep');
      const state = new EntityState(view);
      for (const event of events) state.insert(event.ts, event.seq, valuesOf(view, event));
      assertSameBits(read(state, view, times), expected, 'of the state');
      const stored = new Map(state.dirtyChunks().map((chunk) => [chunk.key, chunk]));
      state.markClean();
      assert.equal(state.dirtyChunks().length, 0);

      state.prune(30);
      for (const chunk of state.dirtyChunks()) {
        if (chunk.bytes === undefined) stored.delete(chunk.key);
        else stored.set(chunk.key, chunk);
      }
      const again = EntityState.load(view, stored.values());
      assert.ok(again.rows < events.length, 'events were let go of');
      const late = times.filter((time) => time >= 83);
      const after = recomputed(view, events, late);
      assertSameBits(read(state, view, late), after, 'after letting go');
      assertSameBits(read(again, view, late), after, 'after letting go and loading');
      assert.throws(() => read(again, view, [20]), {
        code: 'OUT_OF_RANGE',
        reason: 'HISTORY_PRUNED',
      });
    }
  });
});
