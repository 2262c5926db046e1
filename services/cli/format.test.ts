import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatDuration } from './format.ts';

describe('formatDuration', () => {
  for (const [ms, text] of [
    [1.234, '1.23 ms'],
    [50, '50.0 ms'],
    [999, '999 ms'],
    [1_500, '1.5 s'],
    [61_000, '1 min 01 s'],
    [7_199_000, '119 min 59 s'],
    [86_400_000, '24 h'],
    [9_000_000, '2.5 h'],
    [Number.NaN, '-'],
  ] as const) {
    it(`writes ${ms} ms as ${text}`, () => assert.equal(formatDuration(ms), text));
  }
});
