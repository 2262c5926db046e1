import { MeshError, messageOf } from '../kernel/mesh-error.ts';
import { canonicalJson } from './canonical-json.ts';

/** How good probabilities are on rows whose labels are known. */
export interface BinaryMetrics {
  /** Area under the ROC curve, 0 to 1: the chance that a positive row scores above a negative one, ties counting half. 0.5 when a class is missing. */
  readonly auc: number;
  /** Mean negative log likelihood in nats. */
  readonly logLoss: number;
  /** Mean squared error of the probability, 0 to 1. */
  readonly brier: number;
  /** Share of positive labels, 0 to 1. */
  readonly positiveRate: number;
  /** Mean probability, 0 to 1; its distance from `positiveRate` is the calibration in the large. */
  readonly meanProbability: number;
}

/** Figures of a set, each beside what it has to beat. */
export interface SetMetrics extends BinaryMetrics {
  /** Of who says the share of positives of the training set for every row; nats. */
  readonly baselineLogLoss: number;
  readonly baselineBrier: number;
  /** Expected calibration error over bins of equal counts, 0 to 1. */
  readonly ece: number;
  /** Logistic regression of the label on the logit; 1 and 0 are perfect. */
  readonly calibrationSlope: number;
  readonly calibrationIntercept: number;
}

/** Rows of similar probability. */
export interface ReliabilityBin {
  readonly rows: number;
  /** Least and greatest probability in it. */
  readonly from: number;
  readonly to: number;
  readonly meanProbability: number;
  readonly positiveRate: number;
}

/** How good a version is on the rows of one segment. */
export interface SegmentEvaluation {
  readonly column: string;
  /** Value of the column; empty where it is null, and for the rest. */
  readonly value: string;
  /** Whether these are all rows whose value has no figures of its own. */
  readonly isRest: boolean;
  readonly rows: number;
  readonly metrics: BinaryMetrics & { readonly baselineLogLoss: number };
}

/** How good a version is on one data set. */
export interface SetEvaluation {
  /** What the set is for: validate or test. */
  readonly role: string;
  readonly rows: number;
  readonly metrics: SetMetrics;
  /** From the least probable rows to the most. */
  readonly reliability: readonly ReliabilityBin[];
  /** By column, the most frequent values first. */
  readonly segments: readonly SegmentEvaluation[];
}

/** All that was measured of a version. */
export interface Evaluation {
  readonly sets: readonly SetEvaluation[];
  /** Figures of an external trainer: kept for people, and never taken for those that were measured. */
  readonly reported: Readonly<Record<string, number>>;
}

const format = 'mlmesh-evaluation-1';

/** Writes an evaluation as canonical JSON. */
export function writeEvaluation({ sets, reported }: Evaluation): Uint8Array {
  return Buffer.from(canonicalJson({ format, sets, reported }));
}

/**
 * Reads what {@link writeEvaluation} wrote.
 * @throws {MeshError} DATA_LOSS / TRAINING_FAILED when it is something else
 */
export function readEvaluation(bytes: Uint8Array): Evaluation {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw unreadable(messageOf(cause), cause);
  }
  if (typeof value !== 'object' || value === null || !('format' in value)) {
    throw unreadable('something else');
  }
  if (value.format !== format) throw unreadable(`format ${JSON.stringify(value.format)}`);
  // Its digest is part of signed provenance, and this format is written by the function above alone.
  const { sets, reported } = value as { readonly format: unknown } & Evaluation;
  return { sets, reported };
}

function unreadable(what: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'TRAINING_FAILED',
    message: `wanted an evaluation of format '${format}', got ${what}; it was written by another mlmesh`,
    cause,
  });
}
