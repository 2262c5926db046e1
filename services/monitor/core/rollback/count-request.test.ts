import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countRequest } from './count-request.ts';

const limits = { policyBudgetMs: 50, slowMs: 20 };
const counted = (failure: string, tookMs: number, budgetMs = 45) => {
  const counts = countRequest({ failure, tookMs, budgetMs }, limits);
  if (counts === undefined) return 'nothing';
  const { requests, ...ways } = counts;
  assert.equal(requests, 1);
  return Object.entries(ways).flatMap(([way, count]) => (count === 1 ? [way] : []));
};

describe('countRequest', () => {
  it('counts an answer, and whether it was slow or after its budget', () => {
    assert.deepEqual(counted('', 20), []);
    assert.deepEqual(counted('', 20.1), ['slow']);
    assert.deepEqual(counted('', 45.1), ['timeouts', 'fallbacks', 'slow']);
    // Of rows that a caller gave, the time is not measured.
    assert.deepEqual(counted('', 0, 0), []);
  });
  it('counts what is the own doing of a version', () => {
    for (const failure of ['INFERENCE_FAILED', 'TENSOR_NOT_FINITE', 'FEATURE_SET_UNKNOWN']) {
      assert.deepEqual(counted(failure, 1), ['errors', 'fallbacks'], failure);
    }
    for (const failure of ['DEADLINE_PASSED', 'BUDGET_TOO_SMALL']) {
      assert.deepEqual(counted(failure, 1), ['timeouts', 'fallbacks', 'slow'], failure);
    }
  });
  it('counts nothing of an outage, of a shadow that was not sent, and of a caller in a hurry', () => {
    for (const failure of ['PEER_UNAVAILABLE', 'QUEUE_FULL', 'SHADOW_PAUSED', 'CALL_CANCELLED']) {
      assert.equal(counted(failure, 1), 'nothing', failure);
    }
    assert.equal(counted('DEADLINE_PASSED', 24.9, 24.9), 'nothing');
    assert.equal(counted('DEADLINE_PASSED', 0, 0), 'nothing');
  });
});
