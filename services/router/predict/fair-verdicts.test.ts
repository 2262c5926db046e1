import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  contract,
  failure,
  fallback,
  present,
  stage,
} from '../../../test/support/prediction-stage.ts';
import { VersionBreakers } from './version-breakers.ts';

describe('what a caller in a hurry says of a model', () => {
  it('is nothing: its timeouts do not shut the model off for others', () => {
    const breakers = new VersionBreakers();
    for (let request = 0; request < 64; request += 1) {
      const { reads, fire } = stage({ breakers, budgetMs: 5, nowMs: request * 20 });
      reads[0]?.onAnswer(present);
      fire();
    }
    const { reads, calls } = stage({ breakers, nowMs: 1_280 });
    reads[0]?.onAnswer(present);
    assert.equal(calls.length, 1);
  });
  it('is what it says where the model failed, and not for want of time', () => {
    const breakers = new VersionBreakers();
    for (let request = 0; request < 32; request += 1) {
      const { reads, calls } = stage({ breakers, budgetMs: 5, nowMs: request * 20 });
      reads[0]?.onAnswer(present);
      calls[0]?.receiver.onFailure(failure('INFERENCE_FAILED'));
    }
    const { reads, calls, results } = stage({ breakers, nowMs: 640 });
    reads[0]?.onAnswer(present);
    assert.equal(calls.length, 0);
    assert.equal(results[0]?.skipped[0]?.reason, 'PEER_UNAVAILABLE');
  });
  it('does not shut off the features either', () => {
    const breakers = new VersionBreakers();
    for (let request = 0; request < 64; request += 1)
      stage({ breakers, budgetMs: 5, nowMs: request * 20 }).fire();
    assert.equal(stage({ breakers, nowMs: 1_280 }).reads.length, 1);
  });
});

describe('the control cohort that the rules serve', () => {
  const control = { role: 'CONTROL', version: undefined } as const;
  it('is judged with its features', () => {
    const { reads, results, calls } = stage({ assignment: control });
    reads[0]?.onAnswer(present);
    assert.equal(calls.length, 0);
    assert.equal(results[0]?.tier, 'RULES');
    assert.equal(results[0]?.because, 'mean+rate+hour');
    assert.deepEqual(results[0]?.skipped, []);
  });
  it('is judged without them where they do not come in time, or at all', () => {
    const late = stage({ assignment: control });
    late.fire();
    assert.equal(late.results[0]?.because, 'hour');
    const refused = stage({ assignment: control });
    refused.reads[0]?.onFailure(failure('PEER_UNAVAILABLE'));
    assert.equal(refused.results[0]?.because, 'hour');
    assert.equal(stage({ assignment: control, budgetMs: 0 }).results[0]?.tier, 'RULES');
  });
});

describe('a request with too few features', () => {
  const sparse = { ...present, statuses: Uint8Array.of(1, 1) };
  const policyOf = (onMissingFeatures: 'fallback' | 'rules') => ({
    ...contract.policy,
    missingShareMax: 0.5,
    onMissingFeatures,
  });
  it('goes to the tier that the policy names', async () => {
    const toFallback = stage({ fallback, policy: policyOf('fallback') });
    toFallback.reads[0]?.onAnswer(sparse);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(toFallback.results[0]?.tier, 'FALLBACK');
    const toRules = stage({ fallback, policy: policyOf('rules') });
    toRules.reads[0]?.onAnswer(sparse);
    assert.equal(toRules.results[0]?.tier, 'RULES');
    assert.equal(toRules.results[0]?.skipped[0]?.reason, 'FEATURES_MISSING');
  });
});
