import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../kernel/random.ts';
import { compileView } from './compiled-view.ts';
import { EntityState } from './entity-state.ts';
import type { EventColumns } from './event-columns.ts';
import { FeatureVector } from './feature-vector.ts';
import type { AggregateOperator, FeaturePlan, ViewPlan } from './plan.ts';
import { readAll } from './read-plan.ts';
import { recomputeView } from './recompute.ts';
import { sweepView } from './sweep.ts';

/** One event of the entity under test, in the order of the log: seq is its index plus 1. */
interface TestEvent {
  readonly ts: number;
  readonly delay: number;
}

const operators = ['count', 'sum', 'mean', 'rate', 'min', 'max', 'variance', 'stddev'] as const;
const windows = [1, 7, 40, 'lifetime'] as const;
const delay = { kind: 'column', column: 'delay' } as const;
const isLate = {
  kind: 'comparison',
  operator: '>',
  left: delay,
  right: { kind: 'number', value: 15 },
} as const;

function featurePlan(operator: AggregateOperator, windowMs: number | 'lifetime'): FeaturePlan {
  const value = operator === 'rate' ? isLate : delay;
  return {
    name: `${operator}${windowMs}`,
    view: { source: 'flights', by: ['origin'] },
    windowMs,
    ...(windowMs === 7 ? { filter: { kind: 'not', operand: isLate } as const } : {}),
    aggregate: { operator, ...(operator === 'count' ? {} : { value }) },
    default: -1,
    ...(windowMs === 40 ? { maxAgeMs: 10 } : {}),
    parity: 'exact',
  };
}

const plan: ViewPlan = {
  id: 'flights/origin',
  source: 'flights',
  by: ['origin'],
  columns: ['delay'],
  features: operators.flatMap((operator) => windows.map((window) => featurePlan(operator, window))),
  retentionMs: 40,
};
const view = compileView(plan);
const features = plan.features.length;

function columnsOf(events: readonly TestEvent[]): EventColumns {
  const sorted = events
    .map((event, index) => ({ ...event, seq: index + 1 }))
    .sort((left, right) => left.ts - right.ts || left.seq - right.seq);
  return {
    rows: sorted.length,
    ts: Float64Array.from(sorted, (event) => event.ts),
    seq: Float64Array.from(sorted, (event) => event.seq),
    columns: new Map([['delay', Float64Array.from(sorted, (event) => event.delay)]]),
  };
}

function recompute(events: readonly TestEvent[], times: readonly number[]): FeatureVector {
  const vector = new FeatureVector(times.length * features);
  times.forEach((time, row) => {
    const one = recomputeView(plan, columnsOf(events), time, events.length);
    vector.values.set(one.values, row * features);
    vector.statuses.set(one.statuses, row * features);
  });
  return vector;
}

const everything = readAll(view);

function stateOf(events: readonly TestEvent[]): EntityState {
  const state = new EntityState(view);
  for (const [index, event] of events.entries()) state.insert(event.ts, index + 1, [event.delay]);
  return state;
}

function readTimes(state: EntityState, times: readonly number[]): FeatureVector {
  const vector = new FeatureVector(times.length * features);
  for (const [row, time] of times.entries()) state.read(time, everything, vector, row * features);
  return vector;
}

function reloaded(state: EntityState): EntityState {
  const stored = state.dirtyChunks();
  state.markClean();
  return EntityState.load(view, stored);
}

/** Bit for bit: the bytes of the doubles are compared, not the doubles. */
function assertSameBits(actual: FeatureVector, expected: FeatureVector, what: string): void {
  assert.deepEqual(actual.statuses, expected.statuses, `statuses ${what}`);
  assert.deepEqual(
    new BigUint64Array(actual.values.buffer),
    new BigUint64Array(expected.values.buffer),
    `values ${what}`,
  );
}

const delays = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -60, max: 90 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 0, -0) },
  { weight: 1, arbitrary: fc.maxSafeInteger() },
  // These cancel: a total that is small again says nothing about the steps to it.
  { weight: 2, arbitrary: fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER) },
);
const eventsArbitrary = fc.array(
  fc.record({ ts: fc.integer({ min: -5, max: 60 }), delay: delays }),
  {
    maxLength: 40,
  },
);
const timesArbitrary = fc
  .array(fc.integer({ min: -10, max: 120 }), { minLength: 1, maxLength: 12 })
  .map((times) => times.sort((left, right) => left - right));

describe('parity', () => {
  it('gives the same bits online, offline and in the audit, whatever the order of arrival', () => {
    fc.assert(
      fc.property(eventsArbitrary, timesArbitrary, (events, times) => {
        const expected = recompute(events, times);
        const swept = sweepView(view, columnsOf(events), Float64Array.from(times));
        assertSameBits(swept, expected, 'of the sweep');
        const state = stateOf(events);
        assertSameBits(readTimes(state, times), expected, 'of the state');
        assertSameBits(readTimes(reloaded(state), times), expected, 'of the stored state');
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it('reads between insertions as if only those events had ever been there', () => {
    fc.assert(
      fc.property(eventsArbitrary, timesArbitrary, (events, times) => {
        const state = new EntityState(view);
        events.forEach((event, index) => {
          state.insert(event.ts, index + 1, [event.delay]);
          if (index % 5 !== 0) return;
          assertSameBits(
            readTimes(state, times),
            recompute(events.slice(0, index + 1), times),
            `at log offset ${index + 1}`,
          );
        });
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it('holds over many chunks with late events, ties, pruning and reloading', () => {
    const random = seededRandom(3);
    const events = Array.from({ length: 2_500 }, (_, index): TestEvent => {
      const lateBy = random.next() < 0.1 ? Math.floor(random.next() * 400) : 0;
      return { ts: Math.floor(index / 3) - lateBy, delay: Math.floor(random.next() * 200) - 50 };
    });
    const times = [-500, 0, 1, 399, 400, 401, 700, 820, 834, 900];
    const expected = recompute(events, times);
    const state = stateOf(events);
    assertSameBits(readTimes(state, times), expected, 'of the state');
    const stored = new Map(state.dirtyChunks().map((chunk) => [chunk.key, chunk]));
    state.markClean();
    assert.equal(state.dirtyChunks().length, 0);

    state.prune(700);
    for (const chunk of state.dirtyChunks()) {
      if (chunk.bytes === undefined) stored.delete(chunk.key);
      else stored.set(chunk.key, chunk);
    }
    const again = EntityState.load(view, stored.values());
    assert.ok(again.rows < events.length, 'pruning let go of events');
    const late = times.filter((time) => time >= 820);
    assertSameBits(readTimes(state, late), recompute(events, late), 'after pruning');
    assertSameBits(readTimes(again, late), recompute(events, late), 'after pruning and loading');
    assert.throws(() => readTimes(again, [400]), {
      code: 'OUT_OF_RANGE',
      reason: 'HISTORY_PRUNED',
    });
  });
});
