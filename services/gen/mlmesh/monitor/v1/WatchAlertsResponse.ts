// Original file: proto/mlmesh/monitor/v1/monitor_service.proto

import type { Alert as _mlmesh_monitor_v1_Alert, Alert__Output as _mlmesh_monitor_v1_Alert__Output } from '../../../mlmesh/monitor/v1/Alert.ts';

/**
 * Gives alerts that changed.
 */
export interface WatchAlertsResponse {
  /**
   * Each as it stands now; of several changes in a row the last one is enough.
   */
  'alerts'?: (_mlmesh_monitor_v1_Alert)[];
  /**
   * Whether these are all that are pending, firing or silenced: the first message of a stream.
   */
  'isAll'?: (boolean);
}

/**
 * Gives alerts that changed.
 */
export interface WatchAlertsResponse__Output {
  /**
   * Each as it stands now; of several changes in a row the last one is enough.
   */
  'alerts': (_mlmesh_monitor_v1_Alert__Output)[];
  /**
   * Whether these are all that are pending, firing or silenced: the first message of a stream.
   */
  'isAll': (boolean);
}
