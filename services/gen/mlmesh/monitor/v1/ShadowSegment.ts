// Original file: proto/mlmesh/monitor/v1/judge.proto


/**
 * How a shadow compares on the requests of one segment.
 */
export interface ShadowSegment {
  /**
   * Value of the join key.
   */
  'value'?: (string);
  /**
   * Requests that the shadow was to answer.
   */
  'requests'?: (number | string);
  /**
   * Those that it answered.
   */
  'answered'?: (number | string);
  /**
   * Pairs: those that both the shadow and the baseline answered.
   */
  'pairs'?: (number | string);
  /**
   * Pairs with another decision.
   */
  'flips'?: (number | string);
  /**
   * Pairs with an outcome.
   */
  'labelled'?: (number | string);
  /**
   * Mean log loss of the shadow on those; 0 when there are none.
   */
  'shadowLogLoss'?: (number | string);
  /**
   * The same of the baseline.
   */
  'baselineLogLoss'?: (number | string);
  /**
   * 99th percentile of the shadow's milliseconds; infinity when more than a hundredth failed, 0 when there are none.
   */
  'shadowP99Ms'?: (number | string);
}

/**
 * How a shadow compares on the requests of one segment.
 */
export interface ShadowSegment__Output {
  /**
   * Value of the join key.
   */
  'value': (string);
  /**
   * Requests that the shadow was to answer.
   */
  'requests': (number);
  /**
   * Those that it answered.
   */
  'answered': (number);
  /**
   * Pairs: those that both the shadow and the baseline answered.
   */
  'pairs': (number);
  /**
   * Pairs with another decision.
   */
  'flips': (number);
  /**
   * Pairs with an outcome.
   */
  'labelled': (number);
  /**
   * Mean log loss of the shadow on those; 0 when there are none.
   */
  'shadowLogLoss': (number);
  /**
   * The same of the baseline.
   */
  'baselineLogLoss': (number);
  /**
   * 99th percentile of the shadow's milliseconds; infinity when more than a hundredth failed, 0 when there are none.
   */
  'shadowP99Ms': (number);
}
