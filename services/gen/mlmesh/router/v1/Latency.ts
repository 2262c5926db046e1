// Original file: proto/mlmesh/router/v1/router_service.proto


/**
 * Milliseconds of each stage.
 */
export interface Latency {
  /**
   * In the router, from the arrival of the request to its answer.
   */
  'totalMs'?: (number | string);
  /**
   * Waiting for the feature vector.
   */
  'featuresMs'?: (number | string);
  /**
   * Waiting for the model.
   */
  'modelMs'?: (number | string);
  /**
   * Waiting for the fallback model.
   */
  'fallbackMs'?: (number | string);
}

/**
 * Milliseconds of each stage.
 */
export interface Latency__Output {
  /**
   * In the router, from the arrival of the request to its answer.
   */
  'totalMs': (number);
  /**
   * Waiting for the feature vector.
   */
  'featuresMs': (number);
  /**
   * Waiting for the model.
   */
  'modelMs': (number);
  /**
   * Waiting for the fallback model.
   */
  'fallbackMs': (number);
}
