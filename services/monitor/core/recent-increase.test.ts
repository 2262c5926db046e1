import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecentIncrease } from './recent-increase.ts';

describe('RecentIncrease', () => {
  it('adds up while the count grows, and is 0 again when it has stood still for long enough', () => {
    const increase = new RecentIncrease(10);
    const seen = [
      [0, 0],
      [3, 1],
      [3, 5],
      [5, 10],
      [5, 19],
      [5, 20],
      [6, 21],
      [6, 31],
    ].map(([total = 0, nowMs = 0]) => increase.take(total, nowMs));
    assert.deepEqual(seen, [0, 3, 3, 5, 5, 0, 1, 0]);
  });
  it('takes a count that is less than before for one that began anew', () => {
    const increase = new RecentIncrease(10);
    increase.take(100, 0);
    assert.equal(increase.take(2, 1), 0);
    assert.equal(increase.take(3, 2), 1);
  });
});
