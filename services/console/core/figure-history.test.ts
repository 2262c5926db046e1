import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FigureHistory } from './figure-history.ts';

const sample = (atMs: number, answers: number, degradedShare = 0) => ({
  ...{ atMs, answers, degradedShare },
  perSecond: 1,
  latencyP50Ms: 2,
  latencyP99Ms: 3,
});

function historyOf(...samples: readonly ReturnType<typeof sample>[]): FigureHistory {
  const history = new FigureHistory();
  for (const one of samples) history.add(one);
  return history;
}

describe('FigureHistory', () => {
  it('keeps an hour, to its first point', () => {
    const history = historyOf(sample(0, 1), sample(1, 2), sample(3_600_001, 3));
    assert.deepEqual(
      history.points().map(({ atMs }) => atMs),
      [1, 3_600_001],
    );
    assert.equal(history.last()?.atMs, 3_600_001);
  });

  it('has all of its budget while nothing was asked', () => {
    for (const history of [
      historyOf(),
      historyOf(sample(0, 50, 1)),
      historyOf(sample(0, 5), sample(9, 5, 1)),
    ]) {
      assert.equal(history.budget().answers, 0);
      assert.equal(history.budget().left, 1);
    }
  });

  it('spends its budget by the answers between two looks, and more than there was', () => {
    // 1,000 answers, of which 2.5 % are degraded: half of 5 %.
    const half = historyOf(sample(0, 0), sample(1, 500, 0.05), sample(2, 1_000)).budget();
    assert.deepEqual([half.answers, half.degraded, half.windowMs], [1_000, 25, 2]);
    assert.ok(Math.abs(half.left - 0.5) < 1e-12);
    const over = historyOf(sample(0, 0), sample(1, 100, 0.1)).budget();
    assert.ok(Math.abs(over.left + 1) < 1e-12);
  });

  it('counts nothing where the monitor began anew', () => {
    const { answers } = historyOf(sample(0, 900), sample(1, 10, 1), sample(2, 20)).budget();
    assert.equal(answers, 10);
  });
});
