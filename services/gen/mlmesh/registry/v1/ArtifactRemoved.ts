// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * The artifact of a version was removed; what is known of the version stays.
 */
export interface ArtifactRemoved {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Number of the version.
   */
  'version'?: (number);
}

/**
 * The artifact of a version was removed; what is known of the version stays.
 */
export interface ArtifactRemoved__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Number of the version.
   */
  'version': (number);
}
