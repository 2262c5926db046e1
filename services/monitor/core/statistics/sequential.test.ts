import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agrees, statisticsVectors } from '../../../../test/support/statistics-vectors.ts';
import { clusteredMean } from './clustered-mean.ts';
import { meanBelowPValue, meanInterval, meanLower, meanUpper } from './confidence-sequence.ts';
import { EntitySums } from './entity-sums.ts';
import { judgePairs, pairedGatePolicy } from './paired-gate.ts';
import {
  isRateRatioAlarm,
  logRateEvidence,
  rateRatioStart,
  rateRatios,
  stepRateRatio,
} from './rate-ratio-sequence.ts';
import { checkSampleRatio } from './sample-ratio.ts';

const { sequences, sampleRatios } = statisticsVectors();

describe('confidence sequence', () => {
  it('has the bounds of its formulas, and the p-value at which a bound would lie on a value', () => {
    for (const { count, mean, variance, alpha, planned, bound, ...wanted } of sequences) {
      const [estimate, policy] = [
        { count, mean, variance },
        { alpha, countPlanned: planned },
      ];
      agrees(meanUpper(estimate, policy), wanted.upper, 'upper');
      agrees(mean - meanLower(estimate, policy), meanUpper(estimate, policy) - mean, 'symmetry');
      agrees(meanInterval(estimate, policy)[1], wanted.twoSidedUpper, 'two-sided');
      agrees(meanBelowPValue(estimate, bound, policy), wanted.pValue, 'p-value');
    }
  });
  it('is 1.5 to 2 times as wide as the bound of a single look, where it is planned for', () => {
    const estimate = { count: 6_000, mean: 0, variance: 1 };
    const single = 1.6448536269514722 / Math.sqrt(6_000);
    const width = meanUpper(estimate, { alpha: 0.05, countPlanned: 6_000 }) / single;
    assert.ok(width > 1.5 && width < 2, `${width}`);
  });
  it('spends nothing on a mean above the bound, and all of it where nothing varies', () => {
    const policy = { alpha: 0.05, countPlanned: 100 };
    assert.equal(meanBelowPValue({ count: 50, mean: 1, variance: 1 }, 1, policy), 1);
    assert.equal(meanBelowPValue({ count: 50, mean: 0, variance: 0 }, 1, policy), 0);
  });
});

describe('clusteredMean', () => {
  const rowsOf = (values: readonly (readonly [string, number])[]) => {
    const sums = new EntitySums();
    for (const [entity, value] of values) sums.add(entity, value);
    return sums.rows();
  };
  it('is the mean and variance of a sample where each entity has one request', () => {
    const found = clusteredMean(
      rowsOf([
        ['a', 1],
        ['b', 2],
        ['c', 6],
      ]),
    );
    assert.deepEqual(found, { count: 3, entities: 3, mean: 3, variance: 7 });
  });
  it('is as sure of ten requests of each entity as of one where they are alike', () => {
    const one = [
      ['a', 1],
      ['b', 2],
      ['c', 6],
    ] as const;
    const ten = clusteredMean(rowsOf(Array.from({ length: 10 }, () => one).flat()));
    agrees(ten.variance / ten.count, 7 / 3, 'variance of the mean');
    assert.equal(ten.mean, 3);
  });
  it('knows no variance of one entity or none', () => {
    assert.equal(clusteredMean(rowsOf([['a', 1]])).variance, Number.POSITIVE_INFINITY);
    assert.equal(clusteredMean([]).variance, Number.POSITIVE_INFINITY);
  });
  it('is the same from the merged rows of two replicas', () => {
    const [left, right] = [new EntitySums(), new EntitySums()];
    const whole = new EntitySums();
    for (const [index, value] of [3, 1, 4, 1, 5, 9, 2, 6].entries()) {
      const entity = `e${index % 3}`;
      (index < 5 ? left : right).add(entity, value, index);
      whole.add(entity, value, index);
    }
    const merged = new EntitySums(JSON.parse(JSON.stringify(left.rows())));
    merged.merge(right.rows());
    assert.deepEqual(merged.rows(), whole.rows());
  });
});

describe('judgePairs', () => {
  const losses = (mean: number, count = 6_000, differing = 300, entities = 6_000) => ({
    difference: { count, entities, mean, variance: 0.05 },
    differing,
  });
  const verdict = (...given: Parameters<typeof losses>) =>
    judgePairs(losses(...given), pairedGatePolicy).verdict;
  it('passes what is proven to be within the margin, and fails what is proven to be beyond', () => {
    assert.equal(verdict(0), 'PASS');
    assert.equal(verdict(0.009), 'INCONCLUSIVE');
    assert.equal(verdict(0.011), 'INCONCLUSIVE');
    assert.equal(verdict(0.02), 'FAIL');
  });
  it('states bounds that it decides by, with the alpha that is spent', () => {
    const { upper, lower, pValue, reason } = judgePairs(losses(0), pairedGatePolicy);
    assert.ok(upper < 0.01 && lower === -upper && pValue < 0.05);
    assert.equal(reason, 'worse by less than 0.01');
    const worse = judgePairs(losses(0.01 + upper), pairedGatePolicy);
    agrees(worse.harmPValue, 0.05, 'p-value where the lower bound is the margin');
    const border = judgePairs(losses(0.01 - upper), pairedGatePolicy);
    agrees(border.pValue, 0.05, 'p-value where the bound is the margin');
  });
  it('says nothing about few pairs, entities or pairs that differ, however clear they look', () => {
    for (const [given, text] of [
      [losses(-0.9, 99), 'wanted 100 pairs, got 99'],
      [losses(-0.9, 6_000, 300, 29), 'wanted 30 entities, got 29'],
      [losses(-0.9, 6_000, 9), 'wanted 10 pairs that differ, got 9'],
    ] as const) {
      const { verdict: found, reason, pValue } = judgePairs(given, pairedGatePolicy);
      assert.deepEqual([found, reason, pValue], ['INCONCLUSIVE', text, 1]);
    }
  });
});

describe('stepRateRatio', () => {
  const run = (
    current: readonly [number, number],
    previous: readonly [number, number],
    steps: number,
  ) => {
    let state = rateRatioStart;
    for (let step = 0; step < steps; step += 1) {
      const [requests, failures] = current;
      const [others, otherFailures] = previous;
      state = stepRateRatio(
        state,
        { requests, failures },
        { requests: others, failures: otherFailures },
      );
    }
    return state;
  };
  it('gains what the likelihood of the shares gains', () => {
    const { logEvidence } = run([90, 3], [10, 1], 1);
    const share = (ratio: number) => (0.9 * ratio) / (0.9 * ratio + 0.1);
    for (const [index, ratio] of rateRatios.entries()) {
      const likelihood = (share(ratio) / 0.9) ** 3 * ((1 - share(ratio)) / 0.1);
      agrees(logEvidence[index] ?? -1, Math.max(0, Math.log(likelihood)), `ratio ${ratio}`);
    }
  });
  it('is not moved by an outage of both, and finds what fails in the new version alone', () => {
    const outage = run([950, 475], [50, 25], 300);
    assert.ok(!isRateRatioAlarm(outage, 10_000), `${logRateEvidence(outage)}`);
    assert.ok(isRateRatioAlarm(run([950, 30], [50, 0], 20), 10_000));
    assert.ok(!isRateRatioAlarm(run([950, 0], [50, 10], 100), 2));
  });
  it('learns nothing while one version serves nothing', () => {
    assert.deepEqual(run([100, 50], [0, 0], 50), rateRatioStart);
  });
});

describe('checkSampleRatio', () => {
  it('has the evidence of a beta-binomial against a binomial, and the p-value of a single look', () => {
    for (const { model, control, share, pValue, anytimePValue } of sampleRatios) {
      const found = checkSampleRatio(model, control, share);
      agrees(found.pValue, pValue, `p of ${model} and ${control}`);
      agrees(found.anytimePValue, anytimePValue, `anytime p of ${model} and ${control}`);
    }
  });
  it('finds what is far off and nothing in what is close, or empty', () => {
    assert.equal(checkSampleRatio(5_300, 4_700, 0.5).isMismatch, true);
    assert.equal(checkSampleRatio(5_050, 4_950, 0.5).isMismatch, false);
    assert.equal(checkSampleRatio(0, 0, 0.5).isMismatch, false);
  });
});
