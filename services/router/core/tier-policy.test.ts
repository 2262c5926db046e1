import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tierAfterModel } from './tier-policy.ts';

describe('tierAfterModel', () => {
  const policy = { onModelTimeout: 'rules', onModelError: 'fallback' } as unknown as Parameters<
    typeof tierAfterModel
  >[0];

  it('takes what the policy says for a timeout where the model was too slow, or would have been', () => {
    for (const reason of ['DEADLINE_PASSED', 'QUEUE_FULL', 'BUDGET_TOO_SMALL'] as const) {
      assert.equal(tierAfterModel(policy, reason), 'rules', reason);
    }
  });

  it('takes what it says for an error in all other cases', () => {
    for (const reason of ['INFERENCE_FAILED', 'MODEL_NOT_READY', 'PEER_UNAVAILABLE'] as const) {
      assert.equal(tierAfterModel(policy, reason), 'fallback', reason);
    }
  });
});
