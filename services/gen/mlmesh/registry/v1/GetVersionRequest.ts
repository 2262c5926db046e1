// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks for one version.
 */
export interface GetVersionRequest {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Number; 0 asks by alias.
   */
  'version'?: (number);
  /**
   * Alias, when the number is 0.
   */
  'alias'?: (string);
}

/**
 * Asks for one version.
 */
export interface GetVersionRequest__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Number; 0 asks by alias.
   */
  'version': (number);
  /**
   * Alias, when the number is 0.
   */
  'alias': (string);
}
