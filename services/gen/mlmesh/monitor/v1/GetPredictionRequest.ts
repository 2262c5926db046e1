// Original file: proto/mlmesh/monitor/v1/monitor_service.proto


/**
 * Asks for one prediction.
 */
export interface GetPredictionRequest {
  /**
   * The prediction.
   */
  'predictionId'?: (string);
}

/**
 * Asks for one prediction.
 */
export interface GetPredictionRequest__Output {
  /**
   * The prediction.
   */
  'predictionId': (string);
}
