// Original file: proto/mlmesh/router/v1/router_service.proto


/**
 * An error of one request inside a stream, which goes on.
 */
export interface PredictError {
  /**
   * Canonical gRPC status code, 1 to 16.
   */
  'code'?: (number);
  /**
   * One of mlmesh.common.v1.ErrorReason, without its prefix.
   */
  'reason'?: (string);
  /**
   * What was wanted, what came and what to do.
   */
  'message'?: (string);
  /**
   * Milliseconds after which asking again pays; 0 where it does not, or at once elsewhere.
   */
  'retryAfterMs'?: (number | string);
}

/**
 * An error of one request inside a stream, which goes on.
 */
export interface PredictError__Output {
  /**
   * Canonical gRPC status code, 1 to 16.
   */
  'code': (number);
  /**
   * One of mlmesh.common.v1.ErrorReason, without its prefix.
   */
  'reason': (string);
  /**
   * What was wanted, what came and what to do.
   */
  'message': (string);
  /**
   * Milliseconds after which asking again pays; 0 where it does not, or at once elsewhere.
   */
  'retryAfterMs': (number);
}
