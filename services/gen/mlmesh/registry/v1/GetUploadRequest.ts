// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks how much of a blob is there.
 */
export interface GetUploadRequest {
  /**
   * SHA-256 of the blob, 64 hexadecimal digits.
   */
  'digest'?: (string);
}

/**
 * Asks how much of a blob is there.
 */
export interface GetUploadRequest__Output {
  /**
   * SHA-256 of the blob, 64 hexadecimal digits.
   */
  'digest': (string);
}
