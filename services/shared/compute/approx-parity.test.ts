import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { float, text, timestamp } from '../definition/column.ts';
import { entity } from '../definition/entity.ts';
import { featuresOf } from '../definition/feature.ts';
import { compileFeatures } from '../definition/mesh-features.ts';
import { source } from '../definition/source.ts';
import { compileView } from './compiled-view.ts';
import { EntityState } from './entity-state.ts';
import { FeatureVector } from './feature-vector.ts';
import { readAll } from './read-plan.ts';
import { recomputationOf } from './recompute.ts';
import { sweepView } from './sweep.ts';

const columns = { at: timestamp(), user: text(), price: float() };
const user = entity('user', { key: text() });
const prices = source('prices', { parquet: 'p', columns, eventTime: 'at', eventId: 'user' });
const estimated = { entities: [user], online: true, offline: true, parity: 'approx' } as const;
const feature = featuresOf(prices);
const [plan] = compileFeatures({
  features: {
    median: feature(estimated, (events) =>
      events.by('user').last('25ms').col('price').approxQuantile(0.5),
    ),
    delayed: feature(estimated, (events) =>
      events.by('user').last('9ms', { delay: '3ms' }).col('price').approxQuantile(0.9),
    ),
    ever: feature(estimated, (events) =>
      events.by('user').lifetime().col('price').approxQuantile(0.1),
    ),
  },
  requestFeatures: {},
  derivedFeatures: {},
}).views;
assert.ok(plan !== undefined);
const view = compileView(plan);

const event = fc.record({
  ts: fc.integer({ min: 0, max: 40 }),
  price: fc.oneof(
    { weight: 8, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(0, -0, 5e-324, 1e308, -1e308, Number.NaN) },
  ),
});

describe('estimates without a form of their own', () => {
  it('are the same bits online, offline and in the audit, in whatever order events come', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 40 }),
        fc.array(fc.integer({ min: -3, max: 60 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 2, max: 9 }),
        (arrivals, unordered, rowsMax) => {
          const times = Float64Array.from(unordered).sort();
          let state = new EntityState(view, rowsMax);
          arrivals.forEach(({ ts, price }, index) => {
            state.insert(ts, index + 1, Float64Array.of(price + 0));
            if (index % 7 === 6) state = EntityState.load(view, state.allChunks(), rowsMax);
          });
          const sorted = arrivals
            .map(({ ts, price }, index) => ({ ts, price: price + 0, seq: index + 1 }))
            .sort((left, right) => left.ts - right.ts || left.seq - right.seq);
          const events = {
            rows: sorted.length,
            ts: Float64Array.from(sorted, ({ ts }) => ts),
            seq: Float64Array.from(sorted, ({ seq }) => seq),
            columns: new Map([['price', Float64Array.from(sorted, ({ price }) => price)]]),
          };
          const width = view.features.length;
          const online = new FeatureVector(times.length * width);
          const audited = new FeatureVector(times.length * width);
          const recompute = recomputationOf(view.plan, events);
          times.forEach((t, row) => {
            state.read(t, readAll(view), online, row * width);
            const one = recompute(t, sorted.length);
            audited.values.set(one.values, row * width);
            audited.statuses.set(one.statuses, row * width);
          });
          const bits = ({ values, statuses }: FeatureVector) => [
            ...new BigUint64Array(values.slice().buffer),
            ...statuses,
          ];
          assert.deepEqual(bits(online), bits(audited));
          assert.deepEqual(bits(sweepView(view, events, times)), bits(audited));
        },
      ),
      { numRuns: 3_000, seed: 20_261_124 },
    );
  });
});
