// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Bytes of an artifact.
 */
export interface DownloadResponse {
  /**
   * At most 1 MiB.
   */
  'chunk'?: (Buffer | Uint8Array | string);
}

/**
 * Bytes of an artifact.
 */
export interface DownloadResponse__Output {
  /**
   * At most 1 MiB.
   */
  'chunk': (Buffer);
}
