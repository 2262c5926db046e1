// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks for the bytes of an artifact, or of any other blob.
 */
export interface DownloadRequest {
  /**
   * SHA-256 of the artifact, 64 hexadecimal digits.
   */
  'artifactDigest'?: (string);
  /**
   * Bytes to leave out, so that a download that broke off goes on; 0 or more, at most the size.
   */
  'fromByte'?: (number | string);
}

/**
 * Asks for the bytes of an artifact, or of any other blob.
 */
export interface DownloadRequest__Output {
  /**
   * SHA-256 of the artifact, 64 hexadecimal digits.
   */
  'artifactDigest': (string);
  /**
   * Bytes to leave out, so that a download that broke off goes on; 0 or more, at most the size.
   */
  'fromByte': (number);
}
