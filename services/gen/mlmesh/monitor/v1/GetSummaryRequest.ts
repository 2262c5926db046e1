// Original file: proto/mlmesh/monitor/v1/monitor_service.proto


/**
 * Asks for the figures of a model.
 */
export interface GetSummaryRequest {
  /**
   * Name of the model.
   */
  'model'?: (string);
}

/**
 * Asks for the figures of a model.
 */
export interface GetSummaryRequest__Output {
  /**
   * Name of the model.
   */
  'model': (string);
}
