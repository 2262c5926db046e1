// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks for the checklist of a version.
 */
export interface GetChecklistRequest {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Number of the version; 0 asks by alias.
   */
  'version'?: (number);
  /**
   * Alias, when the number is 0.
   */
  'alias'?: (string);
}

/**
 * Asks for the checklist of a version.
 */
export interface GetChecklistRequest__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Number of the version; 0 asks by alias.
   */
  'version': (number);
  /**
   * Alias, when the number is 0.
   */
  'alias': (string);
}
