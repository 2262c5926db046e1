import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { median, percentile } from './order-statistics.ts';

describe('percentile', () => {
  it('takes the nearest rank', () => {
    const ascending = Float64Array.from({ length: 100 }, (_, index) => index + 1);
    assert.equal(percentile(ascending, 0), 1);
    assert.equal(percentile(ascending, 0.5), 50);
    assert.equal(percentile(ascending, 0.99), 99);
    assert.equal(percentile(ascending, 1), 100);
    assert.equal(percentile(Float64Array.of(7), 0.99), 7);
  });
  it('is NaN of nothing', () => assert.ok(Number.isNaN(percentile(new Float64Array(), 0.5))));
});

describe('median', () => {
  it('takes the middle of an odd count, whatever the order', () =>
    assert.equal(median([10, 1, 3]), 3));
  it('takes the mean of the two in the middle of an even count', () =>
    assert.equal(median([10, 1, 3, 2]), 2.5));
  it('is NaN of nothing', () => assert.ok(Number.isNaN(median([]))));
});
