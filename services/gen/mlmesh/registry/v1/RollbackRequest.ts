// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks to go back to the previous version.
 */
export interface RollbackRequest {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Why, for the record; 1 to 500 characters.
   */
  'reason'?: (string);
}

/**
 * Asks to go back to the previous version.
 */
export interface RollbackRequest__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Why, for the record; 1 to 500 characters.
   */
  'reason': (string);
}
