// Original file: proto/mlmesh/monitor/v1/monitor_service.proto


/**
 * Asks for the explanation of an alert.
 */
export interface ExplainAlertRequest {
  /**
   * Its id.
   */
  'alertId'?: (string);
}

/**
 * Asks for the explanation of an alert.
 */
export interface ExplainAlertRequest__Output {
  /**
   * Its id.
   */
  'alertId': (string);
}
