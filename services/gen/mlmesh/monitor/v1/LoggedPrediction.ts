// Original file: proto/mlmesh/monitor/v1/monitor_service.proto

import type { Tier as _mlmesh_common_v1_Tier, Tier__Output as _mlmesh_common_v1_Tier__Output } from '../../../mlmesh/common/v1/Tier.ts';
import type { Role as _mlmesh_common_v1_Role, Role__Output as _mlmesh_common_v1_Role__Output } from '../../../mlmesh/common/v1/Role.ts';
import type { FeatureStamp as _mlmesh_common_v1_FeatureStamp, FeatureStamp__Output as _mlmesh_common_v1_FeatureStamp__Output } from '../../../mlmesh/common/v1/FeatureStamp.ts';

/**
 * One answer that went to a caller.
 */
export interface LoggedPrediction {
  /**
   * Id, ordered by router instance and sequence.
   */
  'predictionId'?: (string);
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Who answered.
   */
  'tier'?: (_mlmesh_common_v1_Tier);
  /**
   * Version that answered; 0 for the rules.
   */
  'version'?: (number);
  /**
   * Part that it played.
   */
  'role'?: (_mlmesh_common_v1_Role);
  /**
   * Score that went out.
   */
  'score'?: (number | string);
  /**
   * Entity keys in the order of the feature set's join keys.
   */
  'keys'?: (string)[];
  /**
   * The stamp of the feature vector; absent when there was none.
   */
  'stamp'?: (_mlmesh_common_v1_FeatureStamp | null);
  /**
   * View columns of the vector as they were served: float64 little-endian.
   */
  'values'?: (Buffer | Uint8Array | string);
  /**
   * One byte a value, as FeatureStatus less one.
   */
  'statuses'?: (Buffer | Uint8Array | string);
  /**
   * Request-time columns: float64 little-endian.
   */
  'requestValues'?: (Buffer | Uint8Array | string);
  /**
   * Milliseconds in the router.
   */
  'latencyMs'?: (number | string);
  /**
   * Reason for which the model did not answer, one of mlmesh.common.v1.ErrorReason without its prefix; empty when it did.
   */
  'skippedReason'?: (string);
  /**
   * Trace, 32 hexadecimal digits.
   */
  'traceId'?: (string);
  /**
   * Time of the prediction, milliseconds since the Unix epoch (virtual in a replay).
   */
  'atMs'?: (number | string);
  /**
   * Shadow versions that are to answer as well.
   */
  'shadowVersions'?: (number)[];
  /**
   * When the monitor took it, milliseconds since the Unix epoch by the monitor's own clock, never a replay's; what a router sends is not
   * looked at. 0 where it was taken before this was kept.
   */
  'receivedAtMs'?: (number | string);
  /**
   * Version that was to answer, whoever did; 0 where the rules serve the control cohort, and while no version is in production.
   */
  'assignedVersion'?: (number);
  /**
   * Milliseconds from asking that version until it answered, or was not waited for any more; 0 where it was not measured.
   */
  'modelMs'?: (number | string);
  /**
   * Milliseconds that it had then; 0 where it was not measured.
   */
  'modelBudgetMs'?: (number | string);
  /**
   * Number of the batch in which the monitor took it, from 1; what a router sends is not looked at. 0 where it was taken before this was kept.
   */
  'intake'?: (number | string);
}

/**
 * One answer that went to a caller.
 */
export interface LoggedPrediction__Output {
  /**
   * Id, ordered by router instance and sequence.
   */
  'predictionId': (string);
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Who answered.
   */
  'tier': (_mlmesh_common_v1_Tier__Output);
  /**
   * Version that answered; 0 for the rules.
   */
  'version': (number);
  /**
   * Part that it played.
   */
  'role': (_mlmesh_common_v1_Role__Output);
  /**
   * Score that went out.
   */
  'score': (number);
  /**
   * Entity keys in the order of the feature set's join keys.
   */
  'keys': (string)[];
  /**
   * The stamp of the feature vector; absent when there was none.
   */
  'stamp': (_mlmesh_common_v1_FeatureStamp__Output | null);
  /**
   * View columns of the vector as they were served: float64 little-endian.
   */
  'values': (Buffer);
  /**
   * One byte a value, as FeatureStatus less one.
   */
  'statuses': (Buffer);
  /**
   * Request-time columns: float64 little-endian.
   */
  'requestValues': (Buffer);
  /**
   * Milliseconds in the router.
   */
  'latencyMs': (number);
  /**
   * Reason for which the model did not answer, one of mlmesh.common.v1.ErrorReason without its prefix; empty when it did.
   */
  'skippedReason': (string);
  /**
   * Trace, 32 hexadecimal digits.
   */
  'traceId': (string);
  /**
   * Time of the prediction, milliseconds since the Unix epoch (virtual in a replay).
   */
  'atMs': (number);
  /**
   * Shadow versions that are to answer as well.
   */
  'shadowVersions': (number)[];
  /**
   * When the monitor took it, milliseconds since the Unix epoch by the monitor's own clock, never a replay's; what a router sends is not
   * looked at. 0 where it was taken before this was kept.
   */
  'receivedAtMs': (number);
  /**
   * Version that was to answer, whoever did; 0 where the rules serve the control cohort, and while no version is in production.
   */
  'assignedVersion': (number);
  /**
   * Milliseconds from asking that version until it answered, or was not waited for any more; 0 where it was not measured.
   */
  'modelMs': (number);
  /**
   * Milliseconds that it had then; 0 where it was not measured.
   */
  'modelBudgetMs': (number);
  /**
   * Number of the batch in which the monitor took it, from 1; what a router sends is not looked at. 0 where it was taken before this was kept.
   */
  'intake': (number);
}
