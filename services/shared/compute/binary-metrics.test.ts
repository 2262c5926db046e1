import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../kernel/random.ts';
import { measureBinary } from './binary-metrics.ts';

const measure = (probabilities: readonly number[], labels: readonly number[]) =>
  measureBinary(Float64Array.from(probabilities), Float32Array.from(labels));

describe('measureBinary', () => {
  it('gives 1 for a perfect order, 0 for the reverse, a half for one score', () => {
    assert.equal(measure([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]).auc, 1);
    assert.equal(measure([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1]).auc, 0);
    assert.equal(measure([0.5, 0.5, 0.5], [0, 1, 1]).auc, 0.5);
  });

  it('counts a tie as half a pair', () => {
    // Pairs (positive, negative): (.4, .1) won, (.4, .4) half, (.8, .1) won, (.8, .4) won: 3.5 of 4.
    assert.equal(measure([0.1, 0.4, 0.4, 0.8], [0, 0, 1, 1]).auc, 0.875);
  });

  it('agrees exactly with counting all pairs', () => {
    const random = seededRandom(7);
    const scores = Array.from({ length: 300 }, () => Math.floor(random.next() * 20) / 32);
    const labels = scores.map((score) => (random.next() < score ? 1 : 0));
    const pairs = scores.flatMap((score, row) =>
      scores.filter((_, other) => labels[row] === 1 && labels[other] === 0).map((o) => score - o),
    );
    const won = pairs.reduce((sum, gap) => sum + (Math.sign(gap) + 1) / 2, 0);
    assert.equal(measure(scores, labels).auc, won / pairs.length);
  });

  it('gives log loss and Brier score as defined', () => {
    const { logLoss, brier, positiveRate, meanProbability } = measure([0.25, 0.75], [0, 0]);
    // 1e-15: a few roundings of float64; the probabilities themselves are exact.
    assert.ok(Math.abs(logLoss - (Math.log(4 / 3) + Math.log(4)) / 2) < 1e-15);
    assert.equal(brier, (0.0625 + 0.5625) / 2);
    assert.equal(positiveRate, 0);
    assert.equal(meanProbability, 0.5);
  });

  it('stays finite when a certain answer is wrong or a class is missing', () => {
    const { auc, logLoss } = measure([1, 0], [0, 0]);
    assert.equal(auc, 0.5);
    assert.ok(logLoss > 8 && logLoss < 9);
  });
});
