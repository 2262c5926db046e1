// Original file: proto/mlmesh/monitor/v1/monitor_service.proto


/**
 * Asks for alerts.
 */
export interface ListAlertsRequest {
  /**
   * Whether those that are over are wanted as well.
   */
  'includeResolved'?: (boolean);
}

/**
 * Asks for alerts.
 */
export interface ListAlertsRequest__Output {
  /**
   * Whether those that are over are wanted as well.
   */
  'includeResolved': (boolean);
}
