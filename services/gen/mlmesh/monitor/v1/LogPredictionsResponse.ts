// Original file: proto/mlmesh/monitor/v1/monitor_service.proto


/**
 * Says that a batch is durable.
 */
export interface LogPredictionsResponse {
  /**
   * Which batch.
   */
  'batchId'?: (number);
}

/**
 * Says that a batch is durable.
 */
export interface LogPredictionsResponse__Output {
  /**
   * Which batch.
   */
  'batchId': (number);
}
