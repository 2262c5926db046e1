// Original file: proto/mlmesh/monitor/v1/alert.proto

import type { AlertSilence as _mlmesh_monitor_v1_AlertSilence, AlertSilence__Output as _mlmesh_monitor_v1_AlertSilence__Output } from '../../../mlmesh/monitor/v1/AlertSilence.ts';

/**
 * Gives the silence that is over.
 */
export interface EndSilenceResponse {
  /**
   * The silence.
   */
  'silence'?: (_mlmesh_monitor_v1_AlertSilence | null);
}

/**
 * Gives the silence that is over.
 */
export interface EndSilenceResponse__Output {
  /**
   * The silence.
   */
  'silence': (_mlmesh_monitor_v1_AlertSilence__Output | null);
}
