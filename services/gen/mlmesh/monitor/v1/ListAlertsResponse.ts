// Original file: proto/mlmesh/monitor/v1/monitor_service.proto

import type { Alert as _mlmesh_monitor_v1_Alert, Alert__Output as _mlmesh_monitor_v1_Alert__Output } from '../../../mlmesh/monitor/v1/Alert.ts';

/**
 * Gives alerts.
 */
export interface ListAlertsResponse {
  /**
   * Newest first, at most 1,000.
   */
  'alerts'?: (_mlmesh_monitor_v1_Alert)[];
}

/**
 * Gives alerts.
 */
export interface ListAlertsResponse__Output {
  /**
   * Newest first, at most 1,000.
   */
  'alerts': (_mlmesh_monitor_v1_Alert__Output)[];
}
