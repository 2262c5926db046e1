// Original file: proto/mlmesh/monitor/v1/drift.proto


/**
 * Answers of one cohort.
 */
export interface CohortFigures {
  /**
   * Answers.
   */
  'answers'?: (number | string);
  /**
   * Those that a lower tier gave than was meant to.
   */
  'degraded'?: (number | string);
  /**
   * Those with an outcome.
   */
  'labelled'?: (number | string);
  /**
   * Different entities among those.
   */
  'entities'?: (number | string);
  /**
   * Mean value of a request with an outcome; 0 without any.
   */
  'meanValue'?: (number | string);
  /**
   * Median milliseconds in the router; absent without answers.
   */
  'latencyP50Ms'?: (number | string);
  /**
   * 99th percentile of the same.
   */
  'latencyP99Ms'?: (number | string);
  /**
   * Area under the ROC curve of what the model itself answered, 0 to 1; absent until both outcomes were seen.
   */
  'auc'?: (number | string);
  '_latencyP50Ms'?: "latencyP50Ms";
  '_latencyP99Ms'?: "latencyP99Ms";
  '_auc'?: "auc";
}

/**
 * Answers of one cohort.
 */
export interface CohortFigures__Output {
  /**
   * Answers.
   */
  'answers': (number);
  /**
   * Those that a lower tier gave than was meant to.
   */
  'degraded': (number);
  /**
   * Those with an outcome.
   */
  'labelled': (number);
  /**
   * Different entities among those.
   */
  'entities': (number);
  /**
   * Mean value of a request with an outcome; 0 without any.
   */
  'meanValue': (number);
  /**
   * Median milliseconds in the router; absent without answers.
   */
  'latencyP50Ms'?: (number);
  /**
   * 99th percentile of the same.
   */
  'latencyP99Ms'?: (number);
  /**
   * Area under the ROC curve of what the model itself answered, 0 to 1; absent until both outcomes were seen.
   */
  'auc'?: (number);
  '_latencyP50Ms'?: "latencyP50Ms";
  '_latencyP99Ms'?: "latencyP99Ms";
  '_auc'?: "auc";
}
