import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { percentile } from '../../load/order-statistics.ts';
import { TrendHistogram } from './trend-histogram.ts';

describe('TrendHistogram', () => {
  it('is within 0.1 % and one step of what all values say, from microseconds to hours', () => {
    const values = fc.double({ min: 0, max: 3_600_000, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(values, { minLength: 1, maxLength: 300 }),
        fc.constantFrom(1, 50, 90, 99, 99.9, 100),
        (all, percent) => {
          const histogram = new TrendHistogram();
          for (const value of all) histogram.add(value);
          const exact = percentile(Float64Array.from(all).sort(), percent / 100);
          const off = Math.abs(histogram.percentile(percent) - exact);
          assert.ok(off <= exact * 0.001 + 0.001, `${histogram.percentile(percent)}, not ${exact}`);
        },
      ),
      { seed: 2001 },
    );
  });

  it('keeps minimum, maximum, mean and count exactly', () => {
    const histogram = new TrendHistogram();
    for (const value of [0.5, 1.25, 1_000_000.25]) histogram.add(value);
    assert.deepEqual(
      [histogram.count, histogram.min, histogram.max, histogram.mean],
      [3, 0.5, 1_000_000.25, 1_000_002 / 3],
    );
  });

  it('is 0 of nothing, and after a reset', () => {
    const histogram = new TrendHistogram();
    const all = () => [histogram.min, histogram.max, histogram.mean, histogram.percentile(99)];
    assert.deepEqual(all(), [0, 0, 0, 0]);
    histogram.add(7);
    histogram.reset();
    assert.deepEqual([...all(), histogram.count], [0, 0, 0, 0, 0]);
  });

  it('takes 0, counts what is beyond ten hours as that, and refuses what is no size', () => {
    const histogram = new TrendHistogram();
    histogram.add(0);
    assert.equal(histogram.percentile(50), 0);
    histogram.add(1e12);
    assert.equal(histogram.max, 1e12);
    assert.ok(histogram.percentile(100) >= 35_900_000);
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => histogram.add(wrong), RangeError);
    }
    assert.equal(histogram.count, 2);
  });
});
