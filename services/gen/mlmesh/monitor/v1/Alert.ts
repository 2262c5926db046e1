// Original file: proto/mlmesh/monitor/v1/monitor_service.proto

import type { Severity as _mlmesh_monitor_v1_Severity, Severity__Output as _mlmesh_monitor_v1_Severity__Output } from '../../../mlmesh/monitor/v1/Severity.ts';
import type { AlertState as _mlmesh_monitor_v1_AlertState, AlertState__Output as _mlmesh_monitor_v1_AlertState__Output } from '../../../mlmesh/monitor/v1/AlertState.ts';
import type { AlertFact as _mlmesh_monitor_v1_AlertFact, AlertFact__Output as _mlmesh_monitor_v1_AlertFact__Output } from '../../../mlmesh/monitor/v1/AlertFact.ts';
import type { AlertSilence as _mlmesh_monitor_v1_AlertSilence, AlertSilence__Output as _mlmesh_monitor_v1_AlertSilence__Output } from '../../../mlmesh/monitor/v1/AlertSilence.ts';

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
   * What is wrong, with figures and what to do, as it was found last.
   */
  'message'?: (string);
  /**
   * Since when its cause is found, milliseconds since the Unix epoch.
   */
  'sinceMs'?: (number | string);
  /**
   * When it was over; 0 while it is pending, firing or silenced.
   */
  'untilMs'?: (number | string);
  /**
   * Name of this alert, such as `alert-17`; one that comes back after it was over has another.
   */
  'id'?: (string);
  /**
   * What of the model or the mesh it is about: a column, a version, a service; empty for all of it.
   */
  'subject'?: (string);
  /**
   * How it stands.
   */
  'state'?: (_mlmesh_monitor_v1_AlertState);
  /**
   * When it began to fire, milliseconds since the Unix epoch; 0 while it is pending.
   */
  'firedMs'?: (number | string);
  /**
   * What it was decided from when it began to fire, or was found last while it is pending.
   */
  'evidence'?: (_mlmesh_monitor_v1_AlertFact)[];
  /**
   * The silence that covers it; absent where none does.
   */
  'silence'?: (_mlmesh_monitor_v1_AlertSilence | null);
  /**
   * What to do about it: a page of the runbooks, as a path within the package.
   */
  'runbook'?: (string);
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
   * What is wrong, with figures and what to do, as it was found last.
   */
  'message': (string);
  /**
   * Since when its cause is found, milliseconds since the Unix epoch.
   */
  'sinceMs': (number);
  /**
   * When it was over; 0 while it is pending, firing or silenced.
   */
  'untilMs': (number);
  /**
   * Name of this alert, such as `alert-17`; one that comes back after it was over has another.
   */
  'id': (string);
  /**
   * What of the model or the mesh it is about: a column, a version, a service; empty for all of it.
   */
  'subject': (string);
  /**
   * How it stands.
   */
  'state': (_mlmesh_monitor_v1_AlertState__Output);
  /**
   * When it began to fire, milliseconds since the Unix epoch; 0 while it is pending.
   */
  'firedMs': (number);
  /**
   * What it was decided from when it began to fire, or was found last while it is pending.
   */
  'evidence': (_mlmesh_monitor_v1_AlertFact__Output)[];
  /**
   * The silence that covers it; absent where none does.
   */
  'silence': (_mlmesh_monitor_v1_AlertSilence__Output | null);
  /**
   * What to do about it: a page of the runbooks, as a path within the package.
   */
  'runbook': (string);
}
