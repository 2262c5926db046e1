import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agrees, statisticsVectors } from '../../../../test/support/statistics-vectors.ts';
import { aucDifference, aucInterval } from './auc-interval.ts';
import { EntitySums } from './entity-sums.ts';
import { judgeLift, type LiftPolicy, liftEstimate } from './lift.ts';
import { measureQuality } from './quality.ts';

const vectors = statisticsVectors();

describe('aucInterval and aucDifference', () => {
  for (const [index, vector] of vectors.delong.entries()) {
    it(`give DeLong's variance as its definition by all pairs does: vector ${index}`, () => {
      const labels = Float32Array.from(vector.labels);
      const [first, second] = [Float64Array.from(vector.first), Float64Array.from(vector.second)];
      const found = aucInterval(first, labels, 0.05);
      agrees(found?.auc ?? 0, vector.auc, 'area');
      agrees(found?.variance ?? 0, vector.variance, 'variance');
      agrees(found?.upper ?? 0, vector.upper95, 'upper bound');
      const difference = aucDifference(first, second, labels);
      agrees(difference?.variance ?? 0, vector.differenceVariance, 'variance of the difference');
      assert.ok(Math.abs((difference?.difference ?? 9) - vector.difference) < 1e-12);
    });
  }
  it('say nothing with fewer than two rows of a label', () => {
    const scores = Float64Array.of(0.1, 0.2, 0.3);
    assert.equal(aucInterval(scores, Float32Array.of(0, 1, 0), 0.05), undefined);
    assert.equal(aucDifference(scores, scores, Float32Array.of(1, 1, 0)), undefined);
    assert.throws(() => aucInterval(scores, Float32Array.of(0), 0.05), /wanted a label/);
  });
});

describe('measureQuality', () => {
  it('has the figures of an evaluation, with bounds', () => {
    for (const vector of vectors.delong) {
      const labels = Float32Array.from(vector.labels);
      const found = measureQuality(
        { probabilities: Float64Array.from(vector.first), labels },
        0.05,
      );
      agrees(found?.metrics.auc ?? 0, vector.auc, 'area');
      agrees(found?.observedOverExpected?.ratio ?? 0, vector.observedOverExpected, 'ratio');
      agrees(found?.observedOverExpected?.upper ?? 0, vector.observedUpper95, 'upper bound');
      assert.equal(found?.calibration.bins.length, 10);
    }
  });
  it('leaves out what rows of one label, or none, can not say', () => {
    const one = { probabilities: Float64Array.of(0, 0), labels: Float32Array.of(0, 0) };
    const found = measureQuality(one, 0.05);
    assert.deepEqual([found?.auc, found?.observedOverExpected], [undefined, undefined]);
    const none = { probabilities: new Float64Array(0), labels: new Float32Array(0) };
    assert.equal(measureQuality(none, 0.05), undefined);
  });
});

describe('judgeLift', () => {
  const policy: LiftPolicy = {
    alpha: 0.05,
    countPlanned: 2_000,
    modelShare: 0.5,
    entitiesMin: 30,
    liftMin: 0,
    margin: 0.05,
  };
  /** Two cohorts of entities, each of which has one request with a value that varies by 1. */
  const cohorts = (model: number, control: number, lift: number) => {
    const rows = (count: number, name: string, by: number) => {
      const sums = new EntitySums();
      for (let index = 0; index < count; index += 1) {
        sums.add(`${name}${index}`, by + (index % 2 === 0 ? 0.5 : -0.5));
      }
      return sums.rows();
    };
    return { model: rows(model, 'm', 1 + lift), control: rows(control, 'c', 1) };
  };

  for (const [index, vector] of vectors.lifts.entries()) {
    it(`takes out what was known before, as a regression does: vector ${index}`, () => {
      const [model, control] = [new EntitySums(), new EntitySums()];
      for (const [row, value] of vector.value.entries()) {
        const sums = vector.cohort[row] === 1 ? model : control;
        sums.add(`e${row}`, value, vector.covariate[row] ?? 0);
      }
      const found = liftEstimate({ model: model.rows(), control: control.rows() });
      agrees(found.mean, vector.lift, 'lift');
      agrees(found.variance / found.count, vector.liftVariance, 'variance of the lift');
      agrees(found.varianceLeft, vector.varianceLeft, 'variance left');
      assert.ok(found.varianceLeft < 0.5);
    });
  }

  it('tells better from worse, and neither where it is not proven', () => {
    const verdict = (lift: number) => judgeLift(cohorts(1_000, 1_000, lift), policy).verdict;
    assert.deepEqual([0.2, 0.02, -0.02, -0.2].map(verdict), [
      'better',
      'undecided',
      'undecided',
      'worse',
    ]);
  });
  it('states the lift over control, its bounds and how sure harm is', () => {
    const found = judgeLift(cohorts(1_000, 1_000, -0.15), policy);
    assert.ok(Math.abs((found.relativeLift ?? 0) + 0.15) < 1e-12);
    assert.ok(found.lower < -0.15 && found.upper > -0.15 && found.upper < 0);
    assert.ok(found.harmPValue < 0.05, `${found.harmPValue}`);
    assert.deepEqual([found.entities, found.varianceLeft], [[1_000, 1_000], 1]);
  });
  it('is invalid where the cohorts have not the sizes that they were to have', () => {
    const found = judgeLift(cohorts(1_400, 1_000, 0.5), policy);
    assert.deepEqual([found.verdict, found.sampleRatio.isMismatch], ['invalid', true]);
  });
  it('says nothing about few entities, however many requests they send', () => {
    const few = new EntitySums();
    for (let request = 0; request < 5_000; request += 1) few.add(`e${request % 29}`, request % 2);
    const found = judgeLift({ model: few.rows(), control: few.rows() }, policy);
    assert.deepEqual([found.verdict, found.lower], ['undecided', Number.NEGATIVE_INFINITY]);
    assert.equal(judgeLift({ model: [], control: [] }, policy).verdict, 'undecided');
  });
});
