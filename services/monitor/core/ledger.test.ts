import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ledger } from './ledger.ts';
import type { LedgerPrediction } from './ledger-entries.ts';

const policies = new Map([
  [
    'm',
    {
      threshold: 0.5,
      valueOf: (score: number, label: number) => (score >= 0.5 ? (label > 0 ? 1 : -0.25) : 0),
    },
  ],
]);

/** When all records of these tests were received, but for those that say otherwise; epoch ms. */
const nowMs = 1_000_000;

const prediction = (
  predictionId: string,
  change: Partial<LedgerPrediction> = {},
): LedgerPrediction => ({
  predictionId,
  model: 'm',
  tier: 'MODEL',
  version: 2,
  score: 0.8,
  atMs: 10,
  receivedAtMs: nowMs,
  shadowVersions: [3],
  failure: '',
  ...change,
});

describe('Ledger', () => {
  it('says of the last ten minutes alone what shadows leave unanswered', () => {
    const ledger = new Ledger(policies, 10);
    ledger.prediction(prediction('a'));
    ledger.prediction(prediction('b', { receivedAtMs: 2_000_000 }));
    ledger.shadow({ predictionId: 'b', version: 3, score: 0.6, failure: '' });
    assert.deepEqual(ledger.recentPairs('m', 2_020_000), { all: 1, some: 1 });
    const { shadowExpected, shadowPairs } = ledger.figures('m', nowMs);
    assert.deepEqual([shadowExpected, shadowPairs], [2, 1]);
  });
  it('pairs a shadow that answers before its prediction arrives', () => {
    const ledger = new Ledger(policies, 10);
    ledger.shadow({ predictionId: 'a', version: 3, score: 0.6, failure: '' });
    assert.equal(ledger.figures('m', nowMs).shadowPairs, 0);
    ledger.prediction(prediction('a'));
    const figures = ledger.figures('m', nowMs);
    assert.equal(figures.shadowPairs, 1);
    assert.equal(figures.shadowAgreement, 1);
    assert.ok(Math.abs((figures.shadowScoreDifference ?? 0) - 0.2) < 1e-12);
  });

  it('pairs each of several shadows that answer before their prediction, once', () => {
    const ledger = new Ledger(policies, 10);
    const answers = [
      { version: 3, score: 0.6, failure: '' },
      { version: 4, score: undefined, failure: 'PEER_UNAVAILABLE' },
      { version: 5, score: 0.1, failure: '' },
    ];
    for (const answer of [...answers, ...answers]) {
      ledger.shadow({ predictionId: 'a', ...answer });
    }
    ledger.prediction(prediction('a', { shadowVersions: [3, 4, 5] }));
    assert.equal(ledger.shadow({ predictionId: 'a', version: 5, score: 1, failure: '' }), false);
    const { shadowExpected, shadowPairs, shadowAgreement } = ledger.figures('m', nowMs);
    assert.deepEqual([shadowExpected, shadowPairs, shadowAgreement], [3, 2, 0.5]);
    assert.deepEqual(ledger.recentPeerFailures('m', 1_000_000).shadows, { all: 3, some: 1 });
  });

  it('expects a pair and counts none when the shadow failed', () => {
    const ledger = new Ledger(policies, 10);
    ledger.prediction(prediction('a'));
    ledger.shadow({ predictionId: 'a', version: 3, score: undefined, failure: '' });
    assert.equal(ledger.figures('m', nowMs).shadowExpected, 1);
    assert.equal(ledger.figures('m', nowMs).shadowPairs, 0);
  });

  it('joins an outcome that comes first, and counts each thing once', () => {
    const ledger = new Ledger(policies, 10);
    assert.equal(ledger.outcome({ predictionId: 'a', label: 1 }), true);
    assert.equal(ledger.outcome({ predictionId: 'a', label: 0 }), false);
    assert.equal(ledger.prediction(prediction('a')), true);
    assert.equal(ledger.prediction(prediction('a')), false);
    const figures = ledger.figures('m', nowMs);
    assert.equal(figures.predictions, 1);
    assert.equal(figures.outcomes, 1);
    assert.equal(figures.businessValue, 1);
  });

  it('values false alarms and quiet answers by the policy', () => {
    const ledger = new Ledger(policies, 10);
    ledger.prediction(prediction('a'));
    ledger.prediction(prediction('b', { score: 0.1 }));
    ledger.outcome({ predictionId: 'a', label: 0 });
    ledger.outcome({ predictionId: 'b', label: 1 });
    assert.equal(ledger.figures('m', nowMs).businessValue, -0.125);
    assert.equal(ledger.figures('m', nowMs).auc, 0);
  });

  it('counts answers by tier and version', () => {
    const ledger = new Ledger(policies, 10);
    ledger.prediction(prediction('a'));
    ledger.prediction(prediction('b', { tier: 'RULES', version: 0 }));
    ledger.prediction(prediction('c', { receivedAtMs: nowMs - 90_000 }));
    assert.deepEqual(ledger.figures('m', nowMs).tiers, [
      { tier: 'MODEL', version: 2, count: 2, recentCount: 1 },
      { tier: 'RULES', version: 0, count: 1, recentCount: 1 },
    ]);
  });

  it('forgets the oldest entry when it is full, and keeps the figures', () => {
    const ledger = new Ledger(policies, 2);
    for (const id of ['a', 'b', 'c']) ledger.prediction(prediction(id));
    ledger.outcome({ predictionId: 'a', label: 1 });
    assert.equal(ledger.figures('m', nowMs).predictions, 3);
    assert.equal(ledger.figures('m', nowMs).outcomes, 0);
  });

  it('joins an outcome to a prediction that it holds no more', () => {
    const ledger = new Ledger(policies, 1);
    ledger.prediction(prediction('a'));
    ledger.prediction(prediction('b'));
    assert.equal(ledger.holds('a'), false);
    ledger.lateOutcome(prediction('a'), { predictionId: 'a', label: 1 });
    assert.deepEqual(
      [ledger.figures('m', nowMs).predictions, ledger.figures('m', nowMs).outcomes],
      [2, 1],
    );
  });

  it('says of the model alone how well it orders the labels', () => {
    const ledger = new Ledger(policies, 10);
    ledger.prediction(prediction('a', { score: 0.9 }));
    ledger.prediction(prediction('b', { score: 0.1 }));
    ledger.prediction(prediction('c', { score: 0.95, tier: 'RULES', version: 0 }));
    ledger.outcome({ predictionId: 'a', label: 1 });
    ledger.outcome({ predictionId: 'b', label: 0 });
    ledger.outcome({ predictionId: 'c', label: 0 });
    assert.equal(ledger.figures('m', nowMs).auc, 1);
    assert.equal(ledger.figures('m', nowMs).outcomes, 3);
  });
});
