// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks for the differences of two versions.
 */
export interface DiffVersionsRequest {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Number of the version on the left.
   */
  'leftVersion'?: (number);
  /**
   * Number of the version on the right.
   */
  'rightVersion'?: (number);
}

/**
 * Asks for the differences of two versions.
 */
export interface DiffVersionsRequest__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Number of the version on the left.
   */
  'leftVersion': (number);
  /**
   * Number of the version on the right.
   */
  'rightVersion': (number);
}
