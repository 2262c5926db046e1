import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { durationMs, monotonicMs } from '../kernel/units.ts';
import { after, earlier, remaining, stageBudget } from './deadline.ts';

describe('deadline', () => {
  it('leaves no negative time, and an endless one leaves a number', () => {
    assert.equal(remaining(monotonicMs(10), monotonicMs(4)), 6);
    assert.equal(remaining(monotonicMs(10), monotonicMs(11)), 0);
    assert.ok(Number.isFinite(remaining(monotonicMs(Number.POSITIVE_INFINITY), monotonicMs(0))));
  });

  it('shrinks and never grows', () => {
    assert.equal(earlier(monotonicMs(3), monotonicMs(2)), 2);
    assert.equal(earlier(after(monotonicMs(1), durationMs(2)), monotonicMs(9)), 3);
  });

  it('keeps the reserve out of the budget of a stage', () => {
    const limits = { budgetMax: durationMs(50), reserve: durationMs(8) };
    assert.equal(stageBudget(durationMs(200), limits), 50);
    assert.equal(stageBudget(durationMs(50), limits), 42);
    assert.equal(stageBudget(durationMs(8), limits), 0);
    assert.equal(stageBudget(durationMs(1), limits), 0);
  });
});
