// Original file: proto/mlmesh/prediction/v1/prediction_service.proto


/**
 * Asks which versions are hosted.
 */
export interface ModelStatusRequest {
  /**
   * Name of the model; empty means all.
   */
  'model'?: (string);
}

/**
 * Asks which versions are hosted.
 */
export interface ModelStatusRequest__Output {
  /**
   * Name of the model; empty means all.
   */
  'model': (string);
}
