import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SlowLimit } from './slow-limit.ts';

describe('SlowLimit', () => {
  it('says nothing below a hundred answers, nor before it is renewed', () => {
    const limit = new SlowLimit();
    for (let answer = 0; answer < 99; answer += 1) limit.add(10);
    limit.renew();
    assert.equal(limit.limitMs, Number.POSITIVE_INFINITY);
    limit.add(10);
    assert.equal(limit.limitMs, Number.POSITIVE_INFINITY);
    limit.renew();
    assert.equal(limit.limitMs, 25);
  });
  it('is twice what 99 in 100 of the last 500 take, and 5 ms', () => {
    const limit = new SlowLimit();
    for (let answer = 0; answer < 500; answer += 1) limit.add(1_000);
    for (let answer = 1; answer <= 500; answer += 1) limit.add(answer / 10);
    limit.renew();
    // The 495th of 500.
    assert.equal(limit.limitMs, 2 * 49.5 + 5);
  });
});
