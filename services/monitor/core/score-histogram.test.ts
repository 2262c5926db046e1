import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../shared/kernel/random.ts';
import { ScoreHistogram } from './score-histogram.ts';

describe('ScoreHistogram', () => {
  it('says nothing until both labels were seen', () => {
    const histogram = new ScoreHistogram();
    histogram.add(0.5, true);
    assert.equal(histogram.auc(), undefined);
  });
  it('is 1 for a perfect order, 0 for its reverse and one half for ties', () => {
    const of = (positive: number, negative: number) => {
      const histogram = new ScoreHistogram();
      histogram.add(positive, true);
      histogram.add(negative, false);
      return histogram.auc();
    };
    assert.equal(of(0.9, 0.1), 1);
    assert.equal(of(0.1, 0.9), 0);
    assert.equal(of(0.4, 0.4), 0.5);
  });
  it('equals the count over all pairs for scores that fall on bins', () => {
    const random = seededRandom(7);
    const rows = Array.from({ length: 300 }, () => ({
      score: Math.floor(random.next() * 50) / 50,
      isPositive: random.next() < 0.3,
    }));
    const histogram = new ScoreHistogram();
    for (const { score, isPositive } of rows) histogram.add(score, isPositive);
    const positives = rows.filter((row) => row.isPositive);
    const pairs = positives.flatMap((positive) =>
      rows
        .filter((row) => !row.isPositive)
        .map((negative) => Math.sign(positive.score - negative.score)),
    );
    const wins = pairs.reduce((sum, sign) => sum + (sign + 1) / 2, 0);
    assert.ok(Math.abs((histogram.auc() ?? 0) - wins / pairs.length) < 1e-12);
  });
});
