import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseShare } from './parse-share.ts';

describe('parseShare', () => {
  it('reads percent and fractions', () => {
    const texts = ['25%', '25 %', '0.25', '0%', '0', '100%', '1', '0.5%'];
    assert.deepEqual(texts.map(parseShare), [0.25, 0.25, 0.25, 0, 0, 1, 1, 0.005]);
  });
  it('refuses what is none: 25 without its sign above all', () => {
    for (const text of ['25', '101%', '1.01', '-1%', '', '%', 'x', '1e-1', '5%%']) {
      assert.throws(() => parseShare(text), /wanted a share of 0% to 100%/);
    }
  });
});
