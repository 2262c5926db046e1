// Original file: proto/grpc/reflection/v1/reflection.proto


/**
 * One service.
 */
export interface ServiceResponse {
  /**
   * Full name.
   */
  'name'?: (string);
}

/**
 * One service.
 */
export interface ServiceResponse__Output {
  /**
   * Full name.
   */
  'name': (string);
}
