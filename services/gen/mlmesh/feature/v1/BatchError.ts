// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * An error of one batch inside a stream, which goes on.
 */
export interface BatchError {
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
}

/**
 * An error of one batch inside a stream, which goes on.
 */
export interface BatchError__Output {
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
}
