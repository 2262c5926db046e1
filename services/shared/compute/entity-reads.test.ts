import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileView } from './compiled-view.ts';
import { EntityState } from './entity-state.ts';
import { FeatureVector } from './feature-vector.ts';
import { ReadPlan } from './read-plan.ts';

const value = {
  expression: { kind: 'column', column: 'amount' },
  isWhole: true,
  scale: 0,
} as const;
const windows = [
  { kind: 'sliding', lengthMs: 5, delayMs: 0 },
  { kind: 'sliding', lengthMs: 20, delayMs: 0 },
  { kind: 'sliding', lengthMs: 5, delayMs: 3 },
  { kind: 'sawtooth', lengthMs: 10, hopMs: 4, delayMs: 0 },
  { kind: 'lifetime', delayMs: 0 },
] as const;
/** Of the features over each window. */
const maxAgesMs = [15, Number.POSITIVE_INFINITY, 9, 15, Number.POSITIVE_INFINITY];
const aggregates = [
  { operator: 'count' },
  { operator: 'mean', value },
  { operator: 'max', value },
  { operator: 'countDistinct', value },
] as const;
const view = compileView({
  id: 'purchases/buyer',
  source: 'purchases',
  by: ['buyer'],
  columns: ['amount'],
  derivedColumns: [],
  features: windows.flatMap((window, at) =>
    aggregates.map((aggregate) => ({
      name: `${aggregate.operator}${at}`,
      view: { source: 'purchases', by: ['buyer'] },
      window,
      aggregate,
      default: -1,
      maxAgeMs: maxAgesMs[at] ?? 15,
      parity: 'exact' as const,
    })),
  ),
  retentionMs: 23,
});

const features = view.features.length;
const planOf = (keeps: (index: number) => boolean): ReadPlan =>
  new ReadPlan(
    view,
    view.features.flatMap((_, index) =>
      keeps(index) ? [{ featureIndex: index, cell: index }] : [],
    ),
  );
// As feature sets of one view: some ask for windows that others have looked up, and for other features of them.
const plans = [
  planOf(() => true),
  planOf((index) => index % 3 === 0),
  planOf((index) => index >= features / 2),
  // Without the sawtooth, whose begin moves by hops; the last two reach back without a limit of age.
  planOf((index) => Math.floor(index / aggregates.length) !== 3),
  planOf((index) => [1, 4].includes(Math.floor(index / aggregates.length))),
  planOf((index) => Math.floor(index / aggregates.length) === 1),
];

interface Step {
  readonly kind: 'insert' | 'read' | 'prune';
  readonly by: number;
  readonly plan: number;
  readonly amount: number;
  /** Added to the time of a read: those of events are whole. */
  readonly fraction: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('insert', 'read', 'read', 'read', 'prune'),
  by: fc.integer({ min: -3, max: 4 }),
  plan: fc.nat(plans.length - 1),
  amount: fc.integer({ min: -5, max: 5 }),
  fraction: fc.constantFrom(0, 0, 0, 0.5),
});

function readOf(state: EntityState, t: number, plan: ReadPlan): FeatureVector {
  const vector = new FeatureVector(features);
  state.read(t, plan, vector, 0);
  return vector;
}

/** What a call gives, or the message that it throws with. */
function outcome<T>(call: () => T): T | string {
  try {
    return call();
  } catch (error) {
    return String(error);
  }
}

/** Runs the steps on one state; gives what it answers, beside what a state answers that was made for the question. */
function* compared(steps: readonly Step[]): Generator<{ given: unknown; expected: unknown }> {
  const changes: ((state: EntityState) => void)[] = [];
  const state = new EntityState(view, 4);
  let now = 100;
  for (const { kind, by, plan, amount, fraction } of steps) {
    now += by;
    const wanted = plans[plan];
    assert.ok(wanted);
    const at = now;
    if (kind === 'read') {
      const fresh = new EntityState(view, 4);
      for (const change of changes) change(fresh);
      const t = at + fraction;
      const given = outcome(() => readOf(state, t, wanted));
      yield { given, expected: outcome(() => readOf(fresh, t, wanted)) };
      continue;
    }
    const seq = changes.length + 1;
    const change = (target: EntityState): void =>
      kind === 'prune' ? target.prune(at - 23) : target.insert(at, seq, [amount]);
    change(state);
    changes.push(change);
  }
}

describe('EntityReads', () => {
  it('answers as a state that remembers nothing, whatever was read, added and let go of before', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
        for (const { given, expected } of compared(steps)) assert.deepEqual(given, expected);
      }),
      { seed: 7, numRuns: 3_000 },
    );
  });
});
