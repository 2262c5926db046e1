// Original file: proto/mlmesh/monitor/v1/alert.proto

import type { AlertSilence as _mlmesh_monitor_v1_AlertSilence, AlertSilence__Output as _mlmesh_monitor_v1_AlertSilence__Output } from '../../../mlmesh/monitor/v1/AlertSilence.ts';

/**
 * Gives silences.
 */
export interface ListSilencesResponse {
  /**
   * Newest first, at most 1,000.
   */
  'silences'?: (_mlmesh_monitor_v1_AlertSilence)[];
}

/**
 * Gives silences.
 */
export interface ListSilencesResponse__Output {
  /**
   * Newest first, at most 1,000.
   */
  'silences': (_mlmesh_monitor_v1_AlertSilence__Output)[];
}
