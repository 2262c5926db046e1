// Original file: proto/google/rpc/error_details.proto


/**
 * One field that was refused.
 */
export interface _google_rpc_BadRequest_FieldViolation {
  /**
   * Its path, in proto names.
   */
  'field'?: (string);
  /**
   * What was wanted and what came.
   */
  'description'?: (string);
}

/**
 * One field that was refused.
 */
export interface _google_rpc_BadRequest_FieldViolation__Output {
  /**
   * Its path, in proto names.
   */
  'field': (string);
  /**
   * What was wanted and what came.
   */
  'description': (string);
}

/**
 * What is wrong with a request.
 */
export interface BadRequest {
  /**
   * All that were found.
   */
  'fieldViolations'?: (_google_rpc_BadRequest_FieldViolation)[];
}

/**
 * What is wrong with a request.
 */
export interface BadRequest__Output {
  /**
   * All that were found.
   */
  'fieldViolations': (_google_rpc_BadRequest_FieldViolation__Output)[];
}
