import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { measureBinary } from './binary-metrics.ts';
import { measureCalibration } from './calibration.ts';

/** Written by evaluation-vectors.py beside it. */
const { evaluations } = JSON.parse(
  readFileSync(resolve('test/support/evaluation-vectors.json'), 'utf8'),
) as {
  readonly evaluations: readonly (Readonly<Record<string, number>> & {
    readonly probabilities: readonly number[];
    readonly labels: readonly number[];
  })[];
};

function assertNear(value: number, wanted: number | undefined, tolerance: number): void {
  assert.ok(Math.abs(value - (wanted ?? Number.NaN)) < tolerance, `${value} ${wanted}`);
}

describe('measureCalibration and measureBinary', () => {
  for (const [index, vector] of evaluations.entries()) {
    it(`give what scikit-learn and scipy give: vector ${index}`, () => {
      const probabilities = Float64Array.from(vector.probabilities);
      const labels = Float32Array.from(vector.labels);
      const { auc, logLoss, brier } = measureBinary(probabilities, labels);
      const { ece, slope, intercept } = measureCalibration(probabilities, labels);
      // 1e-12: sums of some hundred doubles in another order.
      assertNear(auc, vector['auc'], 1e-12);
      assertNear(logLoss, vector['logLoss'], 1e-12);
      assertNear(brier, vector['brier'], 1e-12);
      assertNear(ece, vector['ece'], 1e-12);
      // 1e-6: where the other side's BFGS stops.
      assertNear(slope, vector['slope'], 1e-6);
      assertNear(intercept, vector['intercept'], 1e-6);
    });
  }

  it('gives bins of equal counts that hold all rows', () => {
    const probabilities = Float64Array.from({ length: 103 }, (_, row) => ((row * 37) % 103) / 103);
    const labels = Float32Array.from({ length: 103 }, (_, row) => row % 2);
    const { bins } = measureCalibration(probabilities, labels);
    assert.deepEqual(
      bins.map(({ rows }) => rows),
      [10, 10, 10, 11, 10, 10, 11, 10, 10, 11],
    );
    for (const [bin, { from }] of bins.entries()) {
      if (bin > 0) assert.ok(from > (bins[bin - 1]?.to ?? 1));
    }
  });

  it('says nothing of a slope that no data tell', () => {
    const alike = measureCalibration(new Float64Array(50).fill(0.3), new Float32Array(50).fill(1));
    assert.deepEqual([alike.slope, alike.intercept], [1, 0]);
    const apart = measureCalibration(Float64Array.of(0.1, 0.2, 0.8), Float32Array.of(0, 0, 1));
    assert.deepEqual([apart.slope, apart.intercept], [1, 0]);
    const certain = measureCalibration(Float64Array.of(0, 1, 0, 1), Float32Array.of(0, 1, 1, 0));
    assert.ok(Number.isFinite(certain.slope) && Number.isFinite(certain.ece));
  });
});
