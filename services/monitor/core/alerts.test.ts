import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AlertBook } from './alert-book.ts';
import { type AlertInputs, firingAlerts } from './alert-rules.ts';

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
  droppedRecords: 0,
};
const rulesOf = (change: Partial<AlertInputs>) =>
  firingAlerts({ ...well, ...change }).map(({ rule }) => rule);

describe('firingAlerts', () => {
  it('is silent at every limit', () => assert.deepEqual(rulesOf({}), []));
  it('fires just beyond each limit', () => {
    assert.deepEqual(rulesOf({ parityMismatches: 1 }), ['feature-parity']);
    assert.deepEqual(rulesOf({ answerMismatches: 1 }), ['answer-parity']);
    assert.deepEqual(rulesOf({ recentDegradedShare: 0.051 }), ['degraded-answers']);
    assert.deepEqual(rulesOf({ shadowPairs: 94 }), ['shadow-pairs']);
    assert.deepEqual(rulesOf({ droppedRecords: 1 }), ['dropped-records']);
  });
  it('does not judge a share of a few', () => {
    assert.deepEqual(rulesOf({ recentAnswers: 49, recentDegradedShare: 1 }), []);
    assert.deepEqual(rulesOf({ shadowExpected: 49, shadowPairs: 0 }), []);
  });
});

describe('AlertBook', () => {
  it('keeps since when an alert fires, and when it was over', () => {
    const book = new AlertBook();
    const firing = firingAlerts({ ...well, droppedRecords: 1 });
    book.update(firing, 10);
    book.update(firing, 20);
    assert.equal(book.firing()[0]?.sinceMs, 10);
    book.update([], 30);
    assert.deepEqual(book.firing(), []);
    assert.deepEqual(
      book.resolved().map(({ sinceMs, untilMs }) => [sinceMs, untilMs]),
      [[10, 30]],
    );
  });
});
