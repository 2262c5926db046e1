// Original file: proto/mlmesh/monitor/v1/drift.proto


/**
 * How good answers were.
 */
export interface QualityFigures {
  /**
   * Answers with an outcome.
   */
  'rows'?: (number | string);
  /**
   * Share of positive outcomes, 0 to 1.
   */
  'positiveRate'?: (number | string);
  /**
   * Mean of the probabilities that were given, 0 to 1.
   */
  'meanProbability'?: (number | string);
  /**
   * Area under the ROC curve, 0 to 1; absent with fewer than two rows of either outcome.
   */
  'auc'?: (number | string);
  /**
   * Lower bound of it.
   */
  'aucLower'?: (number | string);
  /**
   * Upper bound of it.
   */
  'aucUpper'?: (number | string);
  /**
   * Mean log loss, nats.
   */
  'logLoss'?: (number | string);
  /**
   * Mean squared error, 0 to 1.
   */
  'brier'?: (number | string);
  /**
   * Expected calibration error over bins of equal counts, 0 to 1.
   */
  'ece'?: (number | string);
  /**
   * Positive outcomes over those expected; 1 is right, above it the model says too little. Absent where none were expected.
   */
  'observedOverExpected'?: (number | string);
  /**
   * Lower bound of it.
   */
  'observedOverExpectedLower'?: (number | string);
  /**
   * Upper bound of it.
   */
  'observedOverExpectedUpper'?: (number | string);
  '_auc'?: "auc";
  '_aucLower'?: "aucLower";
  '_aucUpper'?: "aucUpper";
  '_observedOverExpected'?: "observedOverExpected";
  '_observedOverExpectedLower'?: "observedOverExpectedLower";
  '_observedOverExpectedUpper'?: "observedOverExpectedUpper";
}

/**
 * How good answers were.
 */
export interface QualityFigures__Output {
  /**
   * Answers with an outcome.
   */
  'rows': (number);
  /**
   * Share of positive outcomes, 0 to 1.
   */
  'positiveRate': (number);
  /**
   * Mean of the probabilities that were given, 0 to 1.
   */
  'meanProbability': (number);
  /**
   * Area under the ROC curve, 0 to 1; absent with fewer than two rows of either outcome.
   */
  'auc'?: (number);
  /**
   * Lower bound of it.
   */
  'aucLower'?: (number);
  /**
   * Upper bound of it.
   */
  'aucUpper'?: (number);
  /**
   * Mean log loss, nats.
   */
  'logLoss': (number);
  /**
   * Mean squared error, 0 to 1.
   */
  'brier': (number);
  /**
   * Expected calibration error over bins of equal counts, 0 to 1.
   */
  'ece': (number);
  /**
   * Positive outcomes over those expected; 1 is right, above it the model says too little. Absent where none were expected.
   */
  'observedOverExpected'?: (number);
  /**
   * Lower bound of it.
   */
  'observedOverExpectedLower'?: (number);
  /**
   * Upper bound of it.
   */
  'observedOverExpectedUpper'?: (number);
  '_auc'?: "auc";
  '_aucLower'?: "aucLower";
  '_aucUpper'?: "aucUpper";
  '_observedOverExpected'?: "observedOverExpected";
  '_observedOverExpectedLower'?: "observedOverExpectedLower";
  '_observedOverExpectedUpper'?: "observedOverExpectedUpper";
}
