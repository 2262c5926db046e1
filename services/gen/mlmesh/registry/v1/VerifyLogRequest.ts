// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks to verify the log.
 */
export interface VerifyLogRequest {
  /**
   * Whether blobs are left out, which takes less time.
   */
  'isChainOnly'?: (boolean);
}

/**
 * Asks to verify the log.
 */
export interface VerifyLogRequest__Output {
  /**
   * Whether blobs are left out, which takes less time.
   */
  'isChainOnly': (boolean);
}
