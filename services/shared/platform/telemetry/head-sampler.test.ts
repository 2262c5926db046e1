import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../kernel/random.ts';
import { headSampler } from './head-sampler.ts';

describe('headSampler', () => {
  it('samples the share that was asked for', () => {
    const decide = headSampler(0.1, seededRandom(7));
    const sampled = Array.from({ length: 10_000 }, decide).filter(Boolean).length;
    assert.ok(Math.abs(sampled - 1_000) < 120, `${sampled}`); // 4 standard deviations
  });

  it('samples nothing at 0 and everything at 1', () => {
    assert.equal(headSampler(0, { next: () => 0 })(), false);
    assert.equal(headSampler(1, { next: () => 0.999 })(), true);
  });

  it('refuses a rate outside of 0 to 1', () => {
    for (const rate of [-0.1, 1.1, Number.NaN]) {
      assert.throws(() => headSampler(rate, seededRandom(1)), { reason: 'INVALID_CONFIG' });
    }
  });
});
