import { measureBinary } from '../../../shared/compute/binary-metrics.ts';
import { type Calibration, measureCalibration } from '../../../shared/compute/calibration.ts';
import type { BinaryMetrics } from '../../../shared/compute/evaluation-file.ts';
import { type AucInterval, aucInterval } from './auc-interval.ts';
import { normalUpperQuantile } from './normal.ts';

/** Answers whose outcomes are known: one record a row. */
export interface JudgedRows {
  /** 0 to 1. */
  readonly probabilities: Float64Array;
  /** 0 or 1. */
  readonly labels: Float32Array;
}

/** Outcomes that came over those that the model expected; 1 is right, above it the model says too little. */
export interface ObservedOverExpected {
  readonly ratio: number;
  readonly lower: number;
  readonly upper: number;
}

/** How good answers were, by outcomes; the same figures that a version's evaluation has. */
export interface Quality {
  readonly rows: number;
  readonly metrics: BinaryMetrics;
  readonly calibration: Calibration;
  /** Absent with fewer than two rows of either label. */
  readonly auc?: AucInterval;
  /** Absent where nothing was expected. */
  readonly observedOverExpected?: ObservedOverExpected;
}

/** Measures at least one row; undefined for none. Bounds are two-sided, at `alpha`, of a single look at independent rows. Costs sorts. */
export function measureQuality(
  { probabilities, labels }: JudgedRows,
  alpha: number,
): Quality | undefined {
  if (labels.length === 0) return undefined;
  const auc = aucInterval(probabilities, labels, alpha);
  const observedOverExpected = expectedRatio(probabilities, labels, alpha);
  return {
    rows: labels.length,
    metrics: measureBinary(probabilities, labels),
    calibration: measureCalibration(probabilities, labels),
    ...(auc === undefined ? {} : { auc }),
    ...(observedOverExpected === undefined ? {} : { observedOverExpected }),
  };
}

/**
 * Gives the ratio with bounds from how much a calibrated model's outcomes vary: the sum of p (1 - p).
 * @source Poisson binomial variance, as Spiegelhalter 1986
 */
function expectedRatio(
  probabilities: Float64Array,
  labels: Float32Array,
  alpha: number,
): ObservedOverExpected | undefined {
  const expected = probabilities.reduce((sum, value) => sum + value, 0);
  if (expected <= 0) return undefined;
  const observed = labels.reduce((sum, value) => sum + value, 0);
  const variance = probabilities.reduce((sum, value) => sum + value * (1 - value), 0);
  const width = (normalUpperQuantile(alpha / 2) * Math.sqrt(variance)) / expected;
  const ratio = observed / expected;
  return { ratio, lower: Math.max(0, ratio - width), upper: ratio + width };
}
