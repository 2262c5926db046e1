// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks how the traffic of a model is steered.
 */
export interface GetTrafficRequest {
  /**
   * Name of the model.
   */
  'model'?: (string);
}

/**
 * Asks how the traffic of a model is steered.
 */
export interface GetTrafficRequest__Output {
  /**
   * Name of the model.
   */
  'model': (string);
}
