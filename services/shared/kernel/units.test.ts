import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { durationMs, parseDuration } from './units.ts';

const invalid = { code: 'INVALID_ARGUMENT', reason: 'INVALID_DURATION' };

describe('parseDuration', () => {
  it('reads a whole number and its unit', () => {
    const read = ['0ms', '50ms', '2s', '3min', '6h', '30d'].map(parseDuration);
    assert.deepEqual(read, [0, 50, 2_000, 180_000, 21_600_000, 2_592_000_000]);
  });
  for (const text of ['', '30', 'd', '1.5h', '-1h', '3 h', '3H', '1h30min', '9999999999ms']) {
    it(`refuses '${text}'`, () => assert.throws(() => parseDuration(text), invalid));
  }
});

describe('durationMs', () => {
  it('refuses what is no duration', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
      assert.throws(() => durationMs(value), invalid);
    }
    assert.equal(durationMs(0), 0);
  });
});
