// Original file: proto/mlmesh/monitor/v1/judge.proto

import type { Verdict as _mlmesh_monitor_v1_Verdict, Verdict__Output as _mlmesh_monitor_v1_Verdict__Output } from '../../../mlmesh/monitor/v1/Verdict.ts';
import type { ShadowGate as _mlmesh_monitor_v1_ShadowGate, ShadowGate__Output as _mlmesh_monitor_v1_ShadowGate__Output } from '../../../mlmesh/monitor/v1/ShadowGate.ts';

/**
 * What the gates of a shadow say.
 */
export interface JudgeShadowResponse {
  /**
   * All of them together: `pass`, `fail` or `inconclusive`. It is stored under its id.
   */
  'verdict'?: (_mlmesh_monitor_v1_Verdict | null);
  /**
   * Each of them, in their order.
   */
  'gates'?: (_mlmesh_monitor_v1_ShadowGate)[];
  /**
   * SHA-256 of the policy that they were judged under, as canonical JSON, 64 hexadecimal digits.
   */
  'policyDigest'?: (string);
  /**
   * When the monitor took the newest of the requests, milliseconds since the Unix epoch by its own clock; 0 when there are none.
   */
  'receivedUntilMs'?: (number | string);
}

/**
 * What the gates of a shadow say.
 */
export interface JudgeShadowResponse__Output {
  /**
   * All of them together: `pass`, `fail` or `inconclusive`. It is stored under its id.
   */
  'verdict': (_mlmesh_monitor_v1_Verdict__Output | null);
  /**
   * Each of them, in their order.
   */
  'gates': (_mlmesh_monitor_v1_ShadowGate__Output)[];
  /**
   * SHA-256 of the policy that they were judged under, as canonical JSON, 64 hexadecimal digits.
   */
  'policyDigest': (string);
  /**
   * When the monitor took the newest of the requests, milliseconds since the Unix epoch by its own clock; 0 when there are none.
   */
  'receivedUntilMs': (number);
}
