// Original file: proto/mlmesh/monitor/v1/monitor_service.proto

import type { Outcome as _mlmesh_monitor_v1_Outcome, Outcome__Output as _mlmesh_monitor_v1_Outcome__Output } from '../../../mlmesh/monitor/v1/Outcome.ts';

/**
 * What came of some predictions.
 */
export interface RecordOutcomesRequest {
  /**
   * 1 to 1,024.
   */
  'outcomes'?: (_mlmesh_monitor_v1_Outcome)[];
}

/**
 * What came of some predictions.
 */
export interface RecordOutcomesRequest__Output {
  /**
   * 1 to 1,024.
   */
  'outcomes': (_mlmesh_monitor_v1_Outcome__Output)[];
}
