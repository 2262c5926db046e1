import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alertRuleOf } from './alert-catalogue.ts';
import type { AlertRecord } from './alert-record.ts';
import { explainAlert } from './explain-alert.ts';

const alert: AlertRecord = {
  rule: 'degraded-answers',
  model: 'late',
  subject: '',
  severity: 'PAGE',
  message: '',
  evidence: {},
  number: 1,
  state: 'SILENCED',
  sinceMs: 7,
  firedMs: 7,
  seenMs: 9,
  untilMs: 0,
  decidedFrom: { recentAnswers: 200, recentDegradedShare: 0.1 },
  silence: 4,
  isTold: true,
};
const silence = {
  ...{ number: 4, rule: '', model: 'late', subject: '', fromMs: 8, untilMs: 60 },
  ...{ actor: 'local:me', reason: 'it is known', endedBy: '' },
};
const explain = (change: Partial<AlertRecord>) => {
  const changed = { ...alert, ...change };
  const rule = alertRuleOf(changed.rule);
  return explainAlert({ alert: changed, rule, silence, timeText: (ms) => `T${ms}` });
};

describe('explainAlert', () => {
  it('says what, since when, against what, how sure, who silenced it and what to do', () => {
    assert.equal(
      explain({}).text,
      'Model late: too many answers are degraded, since T7, silenced. When it was decided: 20 of the last 200 answers are degraded, and at most 5.0 % are allowed. ' +
        'How sure: the true share is at least 6.7 % (one-sided 95 % bound of Clopper and Pearson). Silenced by local:me until T60: it is known. ' +
        'What to do: look at the prediction service, and roll back if a release caused it; see deploy/runbooks/degraded-answers.md.',
    );
  });
  it('computes the figures again from what was stored', () => {
    const { figures, isReproduced } = explain({});
    assert.deepEqual([figures['degraded'], isReproduced], [20, true]);
  });
  it('says so when what was stored leads to something else', () => {
    const stored = { recentAnswers: 200, recentDegradedShare: 0.1, degraded: 21 };
    assert.equal(explain({ decidedFrom: stored }).isReproduced, false);
    assert.equal(explain({ decidedFrom: {} }).isReproduced, false);
    assert.equal(explain({ rule: 'rule-of-old' }).isReproduced, false);
  });
});
