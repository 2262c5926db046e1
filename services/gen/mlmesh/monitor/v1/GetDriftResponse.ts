// Original file: proto/mlmesh/monitor/v1/drift.proto

import type { DriftStatus as _mlmesh_monitor_v1_DriftStatus, DriftStatus__Output as _mlmesh_monitor_v1_DriftStatus__Output } from '../../../mlmesh/monitor/v1/DriftStatus.ts';
import type { ColumnDrift as _mlmesh_monitor_v1_ColumnDrift, ColumnDrift__Output as _mlmesh_monitor_v1_ColumnDrift__Output } from '../../../mlmesh/monitor/v1/ColumnDrift.ts';
import type { Attribution as _mlmesh_monitor_v1_Attribution, Attribution__Output as _mlmesh_monitor_v1_Attribution__Output } from '../../../mlmesh/monitor/v1/Attribution.ts';

/**
 * How far the columns of a version are from its reference.
 */
export interface GetDriftResponse {
  /**
   * Version; 0 while none has answered.
   */
  'version'?: (number);
  /**
   * What there is to say.
   */
  'status'?: (_mlmesh_monitor_v1_DriftStatus);
  /**
   * What is missing, for people; empty when nothing is.
   */
  'gap'?: (string);
  /**
   * SHA-256 of the reference profile, 64 hexadecimal digits; empty without one.
   */
  'profileDigest'?: (string);
  /**
   * Rows that the reference was made of.
   */
  'referenceRows'?: (number | string);
  /**
   * Begin of the window, milliseconds since the Unix epoch (virtual in a replay).
   */
  'startMs'?: (number | string);
  /**
   * End of the window, not in it.
   */
  'endMs'?: (number | string);
  /**
   * Answers in the window.
   */
  'answers'?: (number | string);
  /**
   * Independent values behind them, by Kish's formula over the requests of each entity.
   */
  'effectiveRows'?: (number | string);
  /**
   * Effective rows below which a window is not judged.
   */
  'effectiveRowsMin'?: (number | string);
  /**
   * Most that an adjusted p-value may be where an input counts as drifted.
   */
  'significance'?: (number | string);
  /**
   * Windows that were needed to raise or to clear.
   */
  'windowsNeeded'?: (number);
  /**
   * Windows that are looked at for that.
   */
  'windowsLooked'?: (number);
  /**
   * Inputs, then outputs, each in the order of the reference.
   */
  'columns'?: (_mlmesh_monitor_v1_ColumnDrift)[];
  /**
   * Answers that came when their window was closed, since the monitor began; they are counted nowhere else.
   */
  'lateAnswers'?: (number | string);
  /**
   * Who is to blame, from what is known now; absent while no version has answered.
   */
  'attribution'?: (_mlmesh_monitor_v1_Attribution | null);
}

/**
 * How far the columns of a version are from its reference.
 */
export interface GetDriftResponse__Output {
  /**
   * Version; 0 while none has answered.
   */
  'version': (number);
  /**
   * What there is to say.
   */
  'status': (_mlmesh_monitor_v1_DriftStatus__Output);
  /**
   * What is missing, for people; empty when nothing is.
   */
  'gap': (string);
  /**
   * SHA-256 of the reference profile, 64 hexadecimal digits; empty without one.
   */
  'profileDigest': (string);
  /**
   * Rows that the reference was made of.
   */
  'referenceRows': (number);
  /**
   * Begin of the window, milliseconds since the Unix epoch (virtual in a replay).
   */
  'startMs': (number);
  /**
   * End of the window, not in it.
   */
  'endMs': (number);
  /**
   * Answers in the window.
   */
  'answers': (number);
  /**
   * Independent values behind them, by Kish's formula over the requests of each entity.
   */
  'effectiveRows': (number);
  /**
   * Effective rows below which a window is not judged.
   */
  'effectiveRowsMin': (number);
  /**
   * Most that an adjusted p-value may be where an input counts as drifted.
   */
  'significance': (number);
  /**
   * Windows that were needed to raise or to clear.
   */
  'windowsNeeded': (number);
  /**
   * Windows that are looked at for that.
   */
  'windowsLooked': (number);
  /**
   * Inputs, then outputs, each in the order of the reference.
   */
  'columns': (_mlmesh_monitor_v1_ColumnDrift__Output)[];
  /**
   * Answers that came when their window was closed, since the monitor began; they are counted nowhere else.
   */
  'lateAnswers': (number);
  /**
   * Who is to blame, from what is known now; absent while no version has answered.
   */
  'attribution': (_mlmesh_monitor_v1_Attribution__Output | null);
}
