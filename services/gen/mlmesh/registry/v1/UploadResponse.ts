// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * What came of an upload.
 */
export interface UploadResponse {
  /**
   * Bytes that are there, from the first on.
   */
  'receivedBytes'?: (number | string);
  /**
   * Whether the blob is whole and verified.
   */
  'isComplete'?: (boolean);
}

/**
 * What came of an upload.
 */
export interface UploadResponse__Output {
  /**
   * Bytes that are there, from the first on.
   */
  'receivedBytes': (number);
  /**
   * Whether the blob is whole and verified.
   */
  'isComplete': (boolean);
}
