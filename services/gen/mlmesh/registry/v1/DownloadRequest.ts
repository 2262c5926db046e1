// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks for the bytes of an artifact.
 */
export interface DownloadRequest {
  /**
   * SHA-256 of the artifact, 64 hexadecimal digits.
   */
  'artifactDigest'?: (string);
}

/**
 * Asks for the bytes of an artifact.
 */
export interface DownloadRequest__Output {
  /**
   * SHA-256 of the artifact, 64 hexadecimal digits.
   */
  'artifactDigest': (string);
}
