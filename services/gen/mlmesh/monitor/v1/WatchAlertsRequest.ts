// Original file: proto/mlmesh/monitor/v1/monitor_service.proto


/**
 * Asks for the alerts as they come and go.
 */
export interface WatchAlertsRequest {
}

/**
 * Asks for the alerts as they come and go.
 */
export interface WatchAlertsRequest__Output {
}
