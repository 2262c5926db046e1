// Original file: proto/mlmesh/monitor/v1/monitor_service.proto


/**
 * The answer of one shadow to one prediction.
 */
export interface ShadowAnswer {
  /**
   * The prediction that it is paired with.
   */
  'predictionId'?: (string);
  /**
   * Version that answered.
   */
  'version'?: (number);
  /**
   * Score.
   */
  'score'?: (number | string);
  /**
   * Reason for which there is none, one of mlmesh.common.v1.ErrorReason without its prefix.
   */
  'failedReason'?: (string);
  /**
   * Milliseconds of the shadow call.
   */
  'latencyMs'?: (number | string);
  /**
   * How it went.
   */
  'result'?: "score"|"failedReason";
}

/**
 * The answer of one shadow to one prediction.
 */
export interface ShadowAnswer__Output {
  /**
   * The prediction that it is paired with.
   */
  'predictionId': (string);
  /**
   * Version that answered.
   */
  'version': (number);
  /**
   * Score.
   */
  'score'?: (number);
  /**
   * Reason for which there is none, one of mlmesh.common.v1.ErrorReason without its prefix.
   */
  'failedReason'?: (string);
  /**
   * Milliseconds of the shadow call.
   */
  'latencyMs': (number);
  /**
   * How it went.
   */
  'result'?: "score"|"failedReason";
}
