// Original file: proto/mlmesh/monitor/v1/monitor_service.proto

import type { Alert as _mlmesh_monitor_v1_Alert, Alert__Output as _mlmesh_monitor_v1_Alert__Output } from '../../../mlmesh/monitor/v1/Alert.ts';
import type { AlertFact as _mlmesh_monitor_v1_AlertFact, AlertFact__Output as _mlmesh_monitor_v1_AlertFact__Output } from '../../../mlmesh/monitor/v1/AlertFact.ts';

/**
 * Explains an alert.
 */
export interface ExplainAlertResponse {
  /**
   * The alert.
   */
  'alert'?: (_mlmesh_monitor_v1_Alert | null);
  /**
   * What is wrong, since when, against what, how sure that is and what to do, for people.
   */
  'explanation'?: (string);
  /**
   * The figures of its rule, computed again from the evidence.
   */
  'figures'?: (_mlmesh_monitor_v1_AlertFact)[];
  /**
   * Whether the rule decides the same from the evidence, with the same figures.
   */
  'isReproduced'?: (boolean);
}

/**
 * Explains an alert.
 */
export interface ExplainAlertResponse__Output {
  /**
   * The alert.
   */
  'alert': (_mlmesh_monitor_v1_Alert__Output | null);
  /**
   * What is wrong, since when, against what, how sure that is and what to do, for people.
   */
  'explanation': (string);
  /**
   * The figures of its rule, computed again from the evidence.
   */
  'figures': (_mlmesh_monitor_v1_AlertFact__Output)[];
  /**
   * Whether the rule decides the same from the evidence, with the same figures.
   */
  'isReproduced': (boolean);
}
