import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { factsOf } from '../../../test/support/model-facts.ts';
import { monitoringPlan } from '../../shared/definition/monitoring-policy.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import { epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import { alertRuleOf } from '../core/alert-catalogue.ts';
import type { StoredPrediction } from '../ports.ts';
import type { ReplacedVersion } from './business-evidence.ts';
import { QualitySource } from './quality-source.ts';
import { type QualityBlocks, readQualityBlocks } from './read-quality-blocks.ts';

const facts = factsOf({
  plan: monitoringPlan({ quality: { labelHorizon: '1min' } }),
  controlShare: 0,
});
const none = Buffer.alloc(0);
const clock = {
  monotonic: () => monotonicMs(0),
  epoch: () => epochMs(0),
  sleep: () => Promise.resolve(),
};

/** Answers of version 2, a second apart, the newest last; `noise` says how much of a score is chance, by the number of the answer. */
function logOf(answers: number, noise: (number: number) => number, labelledShare = 1) {
  const random = seededRandom(9);
  const predictions: StoredPrediction[] = [];
  const labels = new Map<string, number>();
  for (let number = 0; number < answers; number += 1) {
    const odds = 0.02 + 0.4 * random.next();
    const share = noise(number);
    const predictionId = `r-${number}`;
    if (random.next() < labelledShare) labels.set(predictionId, random.next() < odds ? 1 : 0);
    predictions.push({
      ...{ predictionId, version: 2, assignedVersion: 2, model: 'm', keys: [`e${number % 700}`] },
      ...{ tier: 'TIER_MODEL', role: 'ROLE_PRODUCTION', skippedReason: '', shadowVersions: [] },
      score: share * (0.02 + 0.4 * random.next()) + (1 - share) * odds,
      ...{ stamp: null, values: none, statuses: none, requestValues: none, traceId: '' },
      ...{ latencyMs: 5, modelMs: 4, modelBudgetMs: 45, receivedAtMs: number, intake: 1 },
      atMs: 1_000_000 + number * 1_000,
    });
  }
  return {
    newest: () => predictions.toReversed(),
    outcome(predictionId: string) {
      const label = labels.get(predictionId);
      return label === undefined ? undefined : { predictionId, label, observedAtMs: 1 };
    },
  };
}

const read = (log: ReturnType<typeof logOf>) =>
  readQualityBlocks({ store: log, clock }, facts, 2, new AbortController().signal);

const release: ReplacedVersion = {
  version: 2,
  previousVersion: 1,
  // What 40,000 answers of such a model have: see the test of the blocks.
  facts: { evaluatedAuc: 0.71, evaluatedExcessLoss: -0.05 },
};
const alertsOf = (found: QualityBlocks, known: ReplacedVersion | undefined = release) =>
  new QualitySource({ qualities: () => new Map([['m', found]]) }, () => known).firing();

describe('readQualityBlocks', () => {
  it('cuts the newest answers that are due into blocks, and leaves those out whose outcome may still come', async () => {
    const { blocks, isMature } = await read(logOf(3_500, () => 0));
    assert.equal(isMature, true);
    assert.deepEqual(
      blocks.map(({ rows, untilMs }) => [rows, untilMs]),
      [3_439, 2_439, 1_439].map((number) => [1_000, 1_000_000 + number * 1_000]),
    );
    assert.equal((await read(logOf(900, () => 0))).blocks.length, 0);
  });
});

describe('QualitySource', () => {
  it('wakes somebody when two of three blocks have fallen, says so, and decides it again', async () => {
    const found = await read(logOf(3_060, (number) => (number >= 1_000 ? 1 : 0)));
    const [alert, ...others] = alertsOf(found);
    assert.deepEqual([alert?.rule, alert?.subject, others], ['quality-fall', 'version 2', []]);
    assert.match(
      alert?.message ?? '',
      /AUC 0\.[45]\d+, 0\.[45]\d+, 0\.[67]\d+ in its last 3 blocks of 1000 .* where 0\.710 was found before its release; .*; 2 of 3 are worse by more than 0\.03 for sure/,
    );
    const evidence = alert?.evidence ?? {};
    const { isFiring, figures, against } = alertRuleOf('quality-fall').judge(evidence);
    assert.equal(isFiring, true);
    assert.match(against, /its evaluation had 0\.710/);
    for (const [name, value] of Object.entries(figures)) {
      if (name in evidence) assert.equal(value, evidence[name], name);
    }
    assert.equal(figures['fallen'], 2);
  });

  it('is silent for one bad block, for few outcomes of many, for another version and without an evaluation', async () => {
    assert.deepEqual(alertsOf(await read(logOf(3_060, () => 0))), []);
    assert.deepEqual(alertsOf(await read(logOf(3_060, (number) => (number >= 2_000 ? 1 : 0)))), []);
    const bad = await read(logOf(3_060, () => 1));
    assert.equal(alertsOf(bad).length, 1);
    const { isMature, blocks } = await read(logOf(9_000, () => 1, 0.5));
    assert.deepEqual([isMature, blocks.length], [false, 3]);
    assert.deepEqual(alertsOf({ ...bad, isMature }), []);
    assert.deepEqual(alertsOf(bad, { ...release, version: 3 }), []);
    assert.deepEqual(alertsOf(bad, { ...release, facts: {} }), []);
  });
});
