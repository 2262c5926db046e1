// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks for the versions of a model.
 */
export interface ListVersionsRequest {
  /**
   * Name of the model; empty means all.
   */
  'model'?: (string);
}

/**
 * Asks for the versions of a model.
 */
export interface ListVersionsRequest__Output {
  /**
   * Name of the model; empty means all.
   */
  'model': (string);
}
