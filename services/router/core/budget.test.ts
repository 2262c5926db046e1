import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { durationMs } from '../../shared/kernel/units.ts';
import { modelBudget } from './budget.ts';

const budgetOf = (policy: number, remaining: number, reserve: number) =>
  modelBudget({
    policyMs: durationMs(policy),
    remainingMs: remaining,
    reserveMs: durationMs(reserve),
  });

describe('modelBudget', () => {
  it('is the policy of the model when the caller has time', () =>
    assert.equal(budgetOf(50, 1_000, 5), 50));
  it('leaves the reserve to the fallback when the caller has as little time as the model', () =>
    assert.equal(budgetOf(50, 50, 8), 42));
  it('is nothing when the reserve is all that is left', () => assert.equal(budgetOf(50, 8, 8), 0));
  it('is nothing when the deadline has passed', () => assert.equal(budgetOf(50, -3, 8), 0));
});
