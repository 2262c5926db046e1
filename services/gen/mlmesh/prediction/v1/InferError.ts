// Original file: proto/mlmesh/prediction/v1/prediction_service.proto


/**
 * An error of one batch inside a stream, which goes on.
 */
export interface InferError {
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
export interface InferError__Output {
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
