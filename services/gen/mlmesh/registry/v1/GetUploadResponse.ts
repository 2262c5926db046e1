// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * How much of a blob is there.
 */
export interface GetUploadResponse {
  /**
   * Bytes that are there, from the first on; 0 or more.
   */
  'receivedBytes'?: (number | string);
  /**
   * Whether the blob is whole and verified.
   */
  'isComplete'?: (boolean);
}

/**
 * How much of a blob is there.
 */
export interface GetUploadResponse__Output {
  /**
   * Bytes that are there, from the first on; 0 or more.
   */
  'receivedBytes': (number);
  /**
   * Whether the blob is whole and verified.
   */
  'isComplete': (boolean);
}
