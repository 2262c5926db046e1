// Original file: proto/mlmesh/monitor/v1/judge.proto


/**
 * A count of a verdict beside the same count from the log of predictions.
 */
export interface Recount {
  /**
   * What is counted, such as `errors of version 3`.
   */
  'name'?: (string);
  /**
   * As it was stored.
   */
  'stored'?: (number | string);
  /**
   * As the log gives it.
   */
  'counted'?: (number | string);
}

/**
 * A count of a verdict beside the same count from the log of predictions.
 */
export interface Recount__Output {
  /**
   * What is counted, such as `errors of version 3`.
   */
  'name': (string);
  /**
   * As it was stored.
   */
  'stored': (number);
  /**
   * As the log gives it.
   */
  'counted': (number);
}
