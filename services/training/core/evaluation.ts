import { measureBinary } from '../../shared/compute/binary-metrics.ts';
import { measureCalibration } from '../../shared/compute/calibration.ts';
import type { SegmentEvaluation, SetEvaluation } from '../../shared/compute/evaluation-file.ts';
import type { TrainingRows } from '../../shared/compute/training-rows.ts';
import { type SegmentValues, splitSegments } from './segments.ts';
import type { SetRole } from './training-manifest.ts';

/** What is measured. */
export interface EvaluatedSet {
  readonly role: SetRole;
  readonly rows: TrainingRows;
  readonly segments: readonly SegmentValues[];
  /** One for each row. */
  readonly probabilities: Float64Array;
}

/** Measures probabilities on a set; `baseRate` is the share of positives that the model was trained on. */
export function evaluateSet(set: EvaluatedSet, baseRate: number): SetEvaluation {
  const { role, rows, probabilities } = set;
  const measured = measureBinary(probabilities, rows.labels);
  const { bins, ece, slope, intercept } = measureCalibration(probabilities, rows.labels);
  const baseline = measureBinary(new Float64Array(rows.rows).fill(baseRate), rows.labels);
  return {
    role,
    rows: rows.rows,
    metrics: {
      ...measured,
      baselineLogLoss: baseline.logLoss,
      baselineBrier: baseline.brier,
      ece,
      calibrationSlope: slope,
      calibrationIntercept: intercept,
    },
    reliability: bins,
    segments: set.segments.flatMap((segment) => evaluateSegment(set, segment, baseRate)),
  };
}

function evaluateSegment(
  { rows, probabilities }: EvaluatedSet,
  segment: SegmentValues,
  baseRate: number,
): readonly SegmentEvaluation[] {
  return splitSegments(segment).map(({ value, isRest, members }) => {
    const labels = Float32Array.from(members, (row) => rows.labels[row] ?? 0);
    const own = Float64Array.from(members, (row) => probabilities[row] ?? 0);
    const baseline = measureBinary(new Float64Array(members.length).fill(baseRate), labels);
    const metrics = { ...measureBinary(own, labels), baselineLogLoss: baseline.logLoss };
    return { column: segment.column, value, isRest, rows: members.length, metrics };
  });
}

/** Gives the figures that stand in the provenance: by the names of the contract, those of the test set with `test_` in front. */
export function namedMetrics(sets: readonly SetEvaluation[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    sets.flatMap(({ role, metrics }) => {
      const prefix = role === 'validate' ? '' : `${role}_`;
      return Object.entries({
        auc: metrics.auc,
        log_loss: metrics.logLoss,
        baseline_log_loss: metrics.baselineLogLoss,
        brier: metrics.brier,
        baseline_brier: metrics.baselineBrier,
        ece: metrics.ece,
        calibration_slope: metrics.calibrationSlope,
        calibration_intercept: metrics.calibrationIntercept,
        positive_rate: metrics.positiveRate,
        mean_probability: metrics.meanProbability,
      }).map(([name, value]) => [`${prefix}${name}`, value]);
    }),
  );
}
