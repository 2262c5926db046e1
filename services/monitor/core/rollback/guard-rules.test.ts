import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rateRatioStart } from '../statistics/rate-ratio-sequence.ts';
import { decideRollback } from './decide-rollback.ts';
import type { GuardInputs } from './guard-inputs.ts';
import { guardRules } from './guard-rules.ts';
import { guardEvidence } from './guard-statement.ts';

const served = (requests: number, errors: number) => ({
  requests,
  errors,
  timeouts: 0,
  fallbacks: errors,
  slow: 0,
});
const lately = (requests: number, errors: number) => ({
  oneMinute: served(requests, errors),
  fiveMinutes: served(requests, errors),
});
const inputs: GuardInputs = {
  atMs: 1_000,
  version: 'version 3',
  countedUntilMs: 1_000,
  current: lately(300, 60),
  previous: lately(100, 0),
  rateRatios: {
    errors: rateRatioStart,
    timeouts: rateRatioStart,
    fallbacks: rateRatioStart,
    slow: rateRatioStart,
  },
  hard: { crashes: 0, signatureFailures: 0, schemaFailures: 0, notFinite: 0, goldenMismatches: 0 },
  slowHarm: { quality: 0.001 },
  pairedLoss: { pairs: 200, entities: 40, difference: 0.3, margin: 0.01 },
  target: { version: 'version 2', isWarm: true, isVerified: true, isQuarantined: false },
  isHeldByHuman: false,
  isFrozen: false,
  rollbacksOfPromotion: 0,
};

describe('the rules on harm in production', () => {
  const evidence = guardEvidence(inputs, decideRollback(inputs));
  it('compute the same chances from the counts of the evidence alone', () => {
    for (const { rule, judge } of guardRules) {
      const { isFiring, figures, against } = judge(evidence);
      assert.equal(isFiring, true, rule);
      assert.ok(Object.keys(figures).includes('fast_errors_fiveMinuteP'));
      for (const [name, value] of Object.entries(figures)) assert.equal(value, evidence[name]);
      assert.match(against, /errors: 60 of 300 against 0 of 100 of version 2/);
      assert.match(against, /Brier score on known outcomes worse by 0\.3000 on 200 pairs/);
    }
  });
  it('do not fire for counts that chance gives, nor for none', () => {
    const [rule] = guardRules;
    assert.equal(rule?.judge({ ...evidence, errors: 3, previous_errors: 1 }).isFiring, false);
    assert.equal(rule?.judge({}).isFiring, false);
  });
});
