// Original file: proto/mlmesh/monitor/v1/monitor_service.proto


/**
 * Asks for a trace.
 */
export interface GetTraceRequest {
  /**
   * Trace, 32 hexadecimal digits.
   */
  'traceId'?: (string);
  /**
   * Prediction whose trace is wanted.
   */
  'predictionId'?: (string);
  /**
   * Which.
   */
  'key'?: "traceId"|"predictionId";
}

/**
 * Asks for a trace.
 */
export interface GetTraceRequest__Output {
  /**
   * Trace, 32 hexadecimal digits.
   */
  'traceId'?: (string);
  /**
   * Prediction whose trace is wanted.
   */
  'predictionId'?: (string);
  /**
   * Which.
   */
  'key'?: "traceId"|"predictionId";
}
