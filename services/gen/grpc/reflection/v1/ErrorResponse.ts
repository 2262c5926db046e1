// Original file: proto/grpc/reflection/v1/reflection.proto


/**
 * An error of one question.
 */
export interface ErrorResponse {
  /**
   * Canonical gRPC status code.
   */
  'errorCode'?: (number);
  /**
   * What was wanted and what came.
   */
  'errorMessage'?: (string);
}

/**
 * An error of one question.
 */
export interface ErrorResponse__Output {
  /**
   * Canonical gRPC status code.
   */
  'errorCode': (number);
  /**
   * What was wanted and what came.
   */
  'errorMessage': (string);
}
