// Original file: proto/mlmesh/monitor/v1/monitor_service.proto

import type { TraceSpan as _mlmesh_monitor_v1_TraceSpan, TraceSpan__Output as _mlmesh_monitor_v1_TraceSpan__Output } from '../../../mlmesh/monitor/v1/TraceSpan.ts';

/**
 * Gives a trace.
 */
export interface GetTraceResponse {
  /**
   * In the order of a waterfall: a parent before its children, siblings by their start.
   */
  'spans'?: (_mlmesh_monitor_v1_TraceSpan)[];
}

/**
 * Gives a trace.
 */
export interface GetTraceResponse__Output {
  /**
   * In the order of a waterfall: a parent before its children, siblings by their start.
   */
  'spans': (_mlmesh_monitor_v1_TraceSpan__Output)[];
}
