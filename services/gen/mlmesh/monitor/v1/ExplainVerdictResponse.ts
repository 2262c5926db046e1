// Original file: proto/mlmesh/monitor/v1/judge.proto

import type { Verdict as _mlmesh_monitor_v1_Verdict, Verdict__Output as _mlmesh_monitor_v1_Verdict__Output } from '../../../mlmesh/monitor/v1/Verdict.ts';
import type { Recount as _mlmesh_monitor_v1_Recount, Recount__Output as _mlmesh_monitor_v1_Recount__Output } from '../../../mlmesh/monitor/v1/Recount.ts';
import type { Attribution as _mlmesh_monitor_v1_Attribution, Attribution__Output as _mlmesh_monitor_v1_Attribution__Output } from '../../../mlmesh/monitor/v1/Attribution.ts';

/**
 * Tells how a verdict came to be, and decides once more from what was stored.
 */
export interface ExplainVerdictResponse {
  /**
   * As it was stored.
   */
  'verdict'?: (_mlmesh_monitor_v1_Verdict | null);
  /**
   * The same decided again, now, from the stored inputs under the stored policy.
   */
  'again'?: (_mlmesh_monitor_v1_Verdict | null);
  /**
   * Whether both are the same in every number.
   */
  'isSame'?: (boolean);
  /**
   * Inputs that it follows from, as JSON.
   */
  'inputsJson'?: (string);
  /**
   * Policy that it was decided under, as JSON.
   */
  'policyJson'?: (string);
  /**
   * SHA-256 of that policy, 64 hexadecimal digits.
   */
  'policyDigest'?: (string);
  /**
   * What the log of predictions gives for its five minutes now; empty where the log does not reach back so far.
   */
  'recounts'?: (_mlmesh_monitor_v1_Recount)[];
  /**
   * Who was to blame, decided again from what was stored; absent from verdicts of gates, and of guards before it was kept.
   */
  'attribution'?: (_mlmesh_monitor_v1_Attribution | null);
}

/**
 * Tells how a verdict came to be, and decides once more from what was stored.
 */
export interface ExplainVerdictResponse__Output {
  /**
   * As it was stored.
   */
  'verdict': (_mlmesh_monitor_v1_Verdict__Output | null);
  /**
   * The same decided again, now, from the stored inputs under the stored policy.
   */
  'again': (_mlmesh_monitor_v1_Verdict__Output | null);
  /**
   * Whether both are the same in every number.
   */
  'isSame': (boolean);
  /**
   * Inputs that it follows from, as JSON.
   */
  'inputsJson': (string);
  /**
   * Policy that it was decided under, as JSON.
   */
  'policyJson': (string);
  /**
   * SHA-256 of that policy, 64 hexadecimal digits.
   */
  'policyDigest': (string);
  /**
   * What the log of predictions gives for its five minutes now; empty where the log does not reach back so far.
   */
  'recounts': (_mlmesh_monitor_v1_Recount__Output)[];
  /**
   * Who was to blame, decided again from what was stored; absent from verdicts of gates, and of guards before it was kept.
   */
  'attribution': (_mlmesh_monitor_v1_Attribution__Output | null);
}
