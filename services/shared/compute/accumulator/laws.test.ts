import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import type { AggregatePlan } from '../plan.ts';
import type { Accumulator, Contribution } from './accumulator.ts';
import {
  type AccumulatorKind,
  type CompiledAggregate,
  compileAggregate,
  type GroupKind,
} from './compiled-aggregate.ts';

const value = {
  expression: { kind: 'column', column: 'x' },
  isWhole: false,
  scale: 0,
} as const;

/** One plan of each kind of accumulator. */
const plans: readonly AggregatePlan[] = [
  { operator: 'sum', value },
  { operator: 'stddev', value },
  { operator: 'skew', value },
  { operator: 'kurtosis', value },
  { operator: 'covariance', value, other: value },
  { operator: 'first', value, rank: 3 },
  { operator: 'last', value, rank: 1 },
  { operator: 'greatest', value, rank: 2 },
  { operator: 'least', value, rank: 4 },
  { operator: 'countDistinct', value },
  { operator: 'countDistinctSketch', value, precision: 5 },
  { operator: 'quantile', value, share: 0.9, relativeError: 0.01 },
];

const doubles = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -5, max: 5 }) },
  { weight: 2, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.constantFrom(5e-324, -5e-324, 1.7976931348623157e308, -1e308, 0.1) },
);

/** Events of a log: the place of each is its own. */
const eventsArbitrary = fc
  .array(fc.record({ x: doubles, y: doubles, ts: fc.integer({ min: -3, max: 3 }) }), {
    maxLength: 24,
  })
  .map((events) =>
    // + 0: contributions have no negative zero.
    events.map((event, seq): Contribution => ({ ...event, x: event.x + 0, y: event.y + 0, seq })),
  );

function kindOf(aggregate: CompiledAggregate): AccumulatorKind {
  assert.ok(aggregate.method === 'group' || aggregate.method === 'monoid');
  return aggregate.kind;
}

function bytesOf(accumulator: Accumulator): Uint8Array {
  const writer = new ByteWriter();
  accumulator.encode(writer);
  return writer.toBytes();
}

/** Equal states: the bytes are equal, and so are those of the value. */
function assertSame(kind: AccumulatorKind, left: Accumulator, right: Accumulator): void {
  assert.deepEqual(bytesOf(left), bytesOf(right));
  assert.ok(Object.is(kind.finish(left), kind.finish(right)));
}

function of(kind: AccumulatorKind, events: readonly Contribution[]): Accumulator {
  const accumulator = kind.create();
  for (const event of events) accumulator.add(event);
  return accumulator;
}

function merged(kind: AccumulatorKind, ...parts: readonly Accumulator[]): Accumulator {
  const whole = kind.create();
  for (const part of parts) whole.merge(part);
  return whole;
}

for (const plan of plans) {
  const aggregate = compileAggregate(plan);
  const kind = kindOf(aggregate);

  describe(`the accumulator of ${plan.operator} (${kind.key})`, () => {
    it('has an identity, and depends on neither order nor grouping', () => {
      fc.assert(
        fc.property(eventsArbitrary, fc.nat(24), fc.nat(24), (events, first, second) => {
          const [from, until] = [Math.min(first, second), Math.max(first, second)];
          const a = events.slice(0, from);
          const b = events.slice(from, until);
          const c = events.slice(until);
          const all = of(kind, events);
          assertSame(kind, merged(kind, all, kind.create()), all);
          assertSame(kind, merged(kind, kind.create(), all), all);
          const [left, middle, right] = [of(kind, a), of(kind, b), of(kind, c)];
          assertSame(kind, merged(kind, merged(kind, left, middle), right), all);
          assertSame(kind, merged(kind, left, merged(kind, middle, right)), all);
          assertSame(kind, merged(kind, right, left, middle), all);
          assertSame(kind, of(kind, [...events].reverse()), all);
        }),
        { numRuns: 300, seed: 11 },
      );
    });

    it('is read back as it was written, in one form', () => {
      fc.assert(
        fc.property(eventsArbitrary, (events) => {
          const written = of(kind, events);
          const reader = new ByteReader(bytesOf(written), plan.operator);
          const read = kind.decode(reader);
          reader.end();
          assertSame(kind, read, written);
        }),
        { numRuns: 300, seed: 12 },
      );
    });

    const isGroup = aggregate.method === 'group';
    it('takes back what it took in', { skip: isGroup ? false : 'a monoid' }, () => {
      const group = kind as GroupKind;
      fc.assert(
        fc.property(eventsArbitrary, fc.nat(24), (events, at) => {
          const changing = group.create();
          for (const event of events) changing.add(event);
          for (const event of events.slice(0, at)) changing.remove(event);
          assertSame(group, changing, of(group, events.slice(at)));
        }),
        { numRuns: 300, seed: 13 },
      );
    });
  });
}
