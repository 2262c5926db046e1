// Original file: proto/mlmesh/monitor/v1/monitor_service.proto

import type { TraceSummary as _mlmesh_monitor_v1_TraceSummary, TraceSummary__Output as _mlmesh_monitor_v1_TraceSummary__Output } from '../../../mlmesh/monitor/v1/TraceSummary.ts';

/**
 * Gives traces.
 */
export interface ListTracesResponse {
  /**
   * Newest first.
   */
  'traces'?: (_mlmesh_monitor_v1_TraceSummary)[];
}

/**
 * Gives traces.
 */
export interface ListTracesResponse__Output {
  /**
   * Newest first.
   */
  'traces': (_mlmesh_monitor_v1_TraceSummary__Output)[];
}
