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
  /**
   * Waiting to be let in, which is more than nothing under overload alone.
   */
  'admissionMs'?: (number | string);
  /**
   * What the model had in all, features and admission included: the least of its own budget, the deadline and the timeout of the caller less the
   * reserve of the fallback.
   */
  'budgetMs'?: (number | string);
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
  /**
   * Waiting to be let in, which is more than nothing under overload alone.
   */
  'admissionMs': (number);
  /**
   * What the model had in all, features and admission included: the least of its own budget, the deadline and the timeout of the caller less the
   * reserve of the fallback.
   */
  'budgetMs': (number);
}
