import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkOutcomes, knownModel, tracesWanted, wantedTrace } from './requests.ts';

const predictionId = '0123456789abcdef-000000000001';
const outcome = (label: number, id = predictionId) => ({
  predictionId: id,
  label,
  observedAtMs: 0,
});

describe('checkOutcomes', () => {
  it('takes 1 to 1,024 of them', () => {
    checkOutcomes([outcome(1)]);
    checkOutcomes(Array.from({ length: 1_024 }, () => outcome(0)));
    assert.throws(() => checkOutcomes([]), { reason: 'INVALID_FIELD' });
    assert.throws(() => checkOutcomes(Array.from({ length: 1_025 }, () => outcome(0))), {
      reason: 'INVALID_FIELD',
    });
  });

  it('refuses a label that is not finite', () => {
    for (const label of [Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => checkOutcomes([outcome(label)]), { reason: 'OUTCOME_INVALID' });
    }
  });

  it('refuses a malformed prediction id', () => {
    assert.throws(() => checkOutcomes([outcome(1, 'p-1')]), { reason: 'PREDICTION_UNKNOWN' });
  });
});

describe('wantedTrace', () => {
  it('takes a trace or a prediction', () => {
    const traceId = 'a'.repeat(32);
    assert.deepEqual(wantedTrace({ traceId, key: 'traceId' }), { traceId });
    assert.deepEqual(wantedTrace({ predictionId, key: 'predictionId' }), { predictionId });
  });

  it('refuses neither and malformed ones', () => {
    assert.throws(() => wantedTrace({}), { reason: 'INVALID_FIELD' });
    assert.throws(() => wantedTrace({ traceId: 'A', key: 'traceId' }), { reason: 'INVALID_FIELD' });
  });
});

describe('tracesWanted', () => {
  it('is 20 by default and 1,000 at most', () => {
    assert.deepEqual([tracesWanted(0), tracesWanted(1), tracesWanted(1_000)], [20, 1, 1_000]);
    assert.throws(() => tracesWanted(1_001), { reason: 'INVALID_FIELD' });
  });
});

describe('knownModel', () => {
  it('refuses a model that the mesh has not, and names those it has', () => {
    assert.equal(knownModel('m', ['m']), 'm');
    assert.throws(() => knownModel('n', ['m']), { reason: 'MODEL_UNKNOWN', message: /\(m\)/ });
  });
});
