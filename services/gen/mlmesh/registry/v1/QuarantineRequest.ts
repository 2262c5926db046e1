// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks to mark a version as bad, or to clear it.
 */
export interface QuarantineRequest {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Number of the version.
   */
  'version'?: (number);
  /**
   * Why, for the record; 1 to 500 characters.
   */
  'reason'?: (string);
  /**
   * Whether it is cleared rather than marked.
   */
  'isCleared'?: (boolean);
}

/**
 * Asks to mark a version as bad, or to clear it.
 */
export interface QuarantineRequest__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Number of the version.
   */
  'version': (number);
  /**
   * Why, for the record; 1 to 500 characters.
   */
  'reason': (string);
  /**
   * Whether it is cleared rather than marked.
   */
  'isCleared': (boolean);
}
