import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alertRuleOf, alertRules } from './alert-catalogue.ts';
import {
  type AlertInputs,
  droppedAlerts,
  droppedRule,
  figureRules,
  firingAlerts,
} from './alert-rules.ts';
import { serviceRule } from './service-rule.ts';
import { ServiceWatch } from './service-watch.ts';

const well: AlertInputs = {
  model: 'm',
  parityMismatches: 0,
  parityExample: '',
  answerMismatches: 0,
  answerExample: '',
  recentAnswers: 100,
  recentDegradedShare: 0.05,
  shadowExpected: 100,
  shadowPairs: 95,
};
const rulesOf = (change: Partial<AlertInputs>) =>
  firingAlerts({ ...well, ...change }).map(({ rule }) => rule);

describe('firingAlerts', () => {
  it('is silent at every limit', () => assert.deepEqual([rulesOf({}), droppedAlerts(0)], [[], []]));
  it('fires just beyond each limit', () => {
    assert.deepEqual(rulesOf({ parityMismatches: 1 }), ['feature-parity']);
    assert.deepEqual(rulesOf({ answerMismatches: 1 }), ['answer-parity']);
    assert.deepEqual(rulesOf({ recentDegradedShare: 0.051 }), ['degraded-answers']);
    assert.deepEqual(rulesOf({ shadowPairs: 94 }), ['shadow-pairs']);
    assert.deepEqual(
      droppedAlerts(1).map(({ rule }) => rule),
      ['dropped-records'],
    );
  });
  it('does not judge a share of a few', () => {
    assert.deepEqual(rulesOf({ recentAnswers: 49, recentDegradedShare: 1 }), []);
    assert.deepEqual(rulesOf({ shadowExpected: 49, shadowPairs: 0 }), []);
  });
});

describe('alertRules', () => {
  const bad = {
    parityMismatches: 2,
    parityExample: 'p-1, column c',
    answerMismatches: 1,
    answerExample: 'value 3',
    recentDegradedShare: 0.5,
    shadowPairs: 1,
  };
  it('decides the same again from the evidence of each alert alone', () => {
    const watch = new ServiceWatch(10_000);
    watch.heard('router', 1);
    const found = [
      ...firingAlerts({ ...well, ...bad }),
      ...droppedAlerts(7),
      ...watch.firing(20_000),
    ];
    assert.deepEqual(
      found.map(({ rule }) => rule),
      [...figureRules, droppedRule, serviceRule].map(({ rule }) => rule),
    );
    for (const { rule, evidence } of found) {
      const { isFiring, figures } = alertRuleOf(rule).judge(evidence);
      assert.ok(isFiring, rule);
      for (const [name, value] of Object.entries(figures)) {
        if (name in evidence) assert.equal(value, evidence[name], `${rule} ${name}`);
      }
    }
  });
  it('bounds the true share of degraded answers from below, equal to the bound of exact binomial sums', () => {
    // by Python: the share at which at least 10 of 100 have a chance of 5 %, math.comb and 200 halvings
    const { figures } = alertRuleOf('degraded-answers').judge({
      recentAnswers: 100,
      recentDegradedShare: 0.1,
    });
    assert.ok(
      Math.abs(Number(figures['shareLower']) - 0.055263237682870066) < 1e-9,
      `${figures['shareLower']}`,
    );
  });
  it('does not fire on evidence that lacks what it asks for', () => {
    for (const { rule, judge } of alertRules) assert.equal(judge({}).isFiring, false, rule);
  });
});
