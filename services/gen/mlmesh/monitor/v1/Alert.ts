// Original file: proto/mlmesh/monitor/v1/monitor_service.proto

import type { Severity as _mlmesh_monitor_v1_Severity, Severity__Output as _mlmesh_monitor_v1_Severity__Output } from '../../../mlmesh/monitor/v1/Severity.ts';

/**
 * An alert with its evidence.
 */
export interface Alert {
  /**
   * Stable name of the rule.
   */
  'rule'?: (string);
  /**
   * Name of the model; empty for the mesh.
   */
  'model'?: (string);
  /**
   * How bad it is.
   */
  'severity'?: (_mlmesh_monitor_v1_Severity);
  /**
   * What is wrong, with figures and what to do.
   */
  'message'?: (string);
  /**
   * Since when, milliseconds since the Unix epoch.
   */
  'sinceMs'?: (number | string);
  /**
   * Until when; 0 while it fires.
   */
  'untilMs'?: (number | string);
}

/**
 * An alert with its evidence.
 */
export interface Alert__Output {
  /**
   * Stable name of the rule.
   */
  'rule': (string);
  /**
   * Name of the model; empty for the mesh.
   */
  'model': (string);
  /**
   * How bad it is.
   */
  'severity': (_mlmesh_monitor_v1_Severity__Output);
  /**
   * What is wrong, with figures and what to do.
   */
  'message': (string);
  /**
   * Since when, milliseconds since the Unix epoch.
   */
  'sinceMs': (number);
  /**
   * Until when; 0 while it fires.
   */
  'untilMs': (number);
}
