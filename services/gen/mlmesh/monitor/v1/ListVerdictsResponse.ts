// Original file: proto/mlmesh/monitor/v1/judge.proto

import type { Verdict as _mlmesh_monitor_v1_Verdict, Verdict__Output as _mlmesh_monitor_v1_Verdict__Output } from '../../../mlmesh/monitor/v1/Verdict.ts';

/**
 * Gives verdicts.
 */
export interface ListVerdictsResponse {
  /**
   * Newest first.
   */
  'verdicts'?: (_mlmesh_monitor_v1_Verdict)[];
}

/**
 * Gives verdicts.
 */
export interface ListVerdictsResponse__Output {
  /**
   * Newest first.
   */
  'verdicts': (_mlmesh_monitor_v1_Verdict__Output)[];
}
