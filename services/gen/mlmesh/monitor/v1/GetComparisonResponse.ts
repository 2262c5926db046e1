// Original file: proto/mlmesh/monitor/v1/monitor_service.proto


/**
 * How a shadow compares. Bounds are one-sided, 95 %.
 */
export interface GetComparisonResponse {
  /**
   * Requests that the shadow was to answer.
   */
  'expected'?: (number | string);
  /**
   * Those that it answered with a finite score.
   */
  'answered'?: (number | string);
  /**
   * Those that it did not, by the reason, one of mlmesh.common.v1.ErrorReason without its prefix; MISSING where nothing came.
   */
  'failures'?: ({[key: string]: number | string});
  /**
   * Pairs: those that both the shadow and the baseline answered.
   */
  'pairs'?: (number | string);
  /**
   * Pairs with another decision at the policy's threshold.
   */
  'flips'?: (number | string);
  /**
   * Upper bound of the share of flips, 0 to 1, after Clopper and Pearson; 1 while there are no pairs.
   */
  'flipShareUpper'?: (number | string);
  /**
   * Mean of the shadow's score less the baseline's.
   */
  'scoreDifference'?: (number | string);
  /**
   * Pairs with an outcome.
   */
  'labelled'?: (number | string);
  /**
   * Those with a positive one.
   */
  'positives'?: (number | string);
  /**
   * Different entities among them: loss differences of one entity are not taken for independent.
   */
  'entities'?: (number | string);
  /**
   * Mean log loss of the shadow.
   */
  'shadowLogLoss'?: (number | string);
  /**
   * Mean log loss of the baseline.
   */
  'baselineLogLoss'?: (number | string);
  /**
   * Upper bound of the mean difference of both, the shadow's less the baseline's; infinity while it can't be said.
   */
  'lossDifferenceUpper'?: (number | string);
  /**
   * Area under the ROC curve of the shadow; 0 when it can't be said.
   */
  'shadowAuc'?: (number | string);
  /**
   * The same of the baseline.
   */
  'baselineAuc'?: (number | string);
  /**
   * Median milliseconds of the shadow's answers; what failed is later than any, what is MISSING does not count. 0 when there are none.
   */
  'shadowP50Ms'?: (number | string);
  /**
   * 99th percentile of the same; infinity when what failed is more.
   */
  'shadowP99Ms'?: (number | string);
  /**
   * Upper bound of the 99th percentile by order statistics; infinity below 299 of them, and when it lies among what failed.
   */
  'shadowP99UpperMs'?: (number | string);
  /**
   * First time of a request, milliseconds since the Unix epoch (virtual in a replay); 0 when there are none.
   */
  'fromMs'?: (number | string);
  /**
   * Last time of a request.
   */
  'untilMs'?: (number | string);
  /**
   * When the monitor took the newest of them, milliseconds since the Unix epoch by its own clock; 0 when there are none.
   */
  'receivedUntilMs'?: (number | string);
}

/**
 * How a shadow compares. Bounds are one-sided, 95 %.
 */
export interface GetComparisonResponse__Output {
  /**
   * Requests that the shadow was to answer.
   */
  'expected': (number);
  /**
   * Those that it answered with a finite score.
   */
  'answered': (number);
  /**
   * Those that it did not, by the reason, one of mlmesh.common.v1.ErrorReason without its prefix; MISSING where nothing came.
   */
  'failures': ({[key: string]: number});
  /**
   * Pairs: those that both the shadow and the baseline answered.
   */
  'pairs': (number);
  /**
   * Pairs with another decision at the policy's threshold.
   */
  'flips': (number);
  /**
   * Upper bound of the share of flips, 0 to 1, after Clopper and Pearson; 1 while there are no pairs.
   */
  'flipShareUpper': (number);
  /**
   * Mean of the shadow's score less the baseline's.
   */
  'scoreDifference': (number);
  /**
   * Pairs with an outcome.
   */
  'labelled': (number);
  /**
   * Those with a positive one.
   */
  'positives': (number);
  /**
   * Different entities among them: loss differences of one entity are not taken for independent.
   */
  'entities': (number);
  /**
   * Mean log loss of the shadow.
   */
  'shadowLogLoss': (number);
  /**
   * Mean log loss of the baseline.
   */
  'baselineLogLoss': (number);
  /**
   * Upper bound of the mean difference of both, the shadow's less the baseline's; infinity while it can't be said.
   */
  'lossDifferenceUpper': (number);
  /**
   * Area under the ROC curve of the shadow; 0 when it can't be said.
   */
  'shadowAuc': (number);
  /**
   * The same of the baseline.
   */
  'baselineAuc': (number);
  /**
   * Median milliseconds of the shadow's answers; what failed is later than any, what is MISSING does not count. 0 when there are none.
   */
  'shadowP50Ms': (number);
  /**
   * 99th percentile of the same; infinity when what failed is more.
   */
  'shadowP99Ms': (number);
  /**
   * Upper bound of the 99th percentile by order statistics; infinity below 299 of them, and when it lies among what failed.
   */
  'shadowP99UpperMs': (number);
  /**
   * First time of a request, milliseconds since the Unix epoch (virtual in a replay); 0 when there are none.
   */
  'fromMs': (number);
  /**
   * Last time of a request.
   */
  'untilMs': (number);
  /**
   * When the monitor took the newest of them, milliseconds since the Unix epoch by its own clock; 0 when there are none.
   */
  'receivedUntilMs': (number);
}
