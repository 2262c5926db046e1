// Original file: proto/mlmesh/router/v1/router_service.proto

import type { Tier as _mlmesh_common_v1_Tier, Tier__Output as _mlmesh_common_v1_Tier__Output } from '../../../mlmesh/common/v1/Tier.ts';
import type { SkippedTier as _mlmesh_router_v1_SkippedTier, SkippedTier__Output as _mlmesh_router_v1_SkippedTier__Output } from '../../../mlmesh/router/v1/SkippedTier.ts';
import type { FeatureStamp as _mlmesh_common_v1_FeatureStamp, FeatureStamp__Output as _mlmesh_common_v1_FeatureStamp__Output } from '../../../mlmesh/common/v1/FeatureStamp.ts';
import type { Latency as _mlmesh_router_v1_Latency, Latency__Output as _mlmesh_router_v1_Latency__Output } from '../../../mlmesh/router/v1/Latency.ts';
import type { Role as _mlmesh_common_v1_Role, Role__Output as _mlmesh_common_v1_Role__Output } from '../../../mlmesh/common/v1/Role.ts';

/**
 * One prediction.
 */
export interface PredictResponse {
  /**
   * Id to record the outcome by; ordered by router instance and sequence.
   */
  'predictionId'?: (string);
  /**
   * Output of the model, by the signature's order; the first is the score.
   */
  'outputs'?: (number | string)[];
  /**
   * Who answered.
   */
  'tier'?: (_mlmesh_common_v1_Tier);
  /**
   * Version that answered; 0 for the rules.
   */
  'version'?: (number);
  /**
   * Tiers that were skipped before, in order.
   */
  'skipped'?: (_mlmesh_router_v1_SkippedTier)[];
  /**
   * The stamp of the feature vector; absent when there was none.
   */
  'stamp'?: (_mlmesh_common_v1_FeatureStamp | null);
  /**
   * Features that were filled with their default since they were not present.
   */
  'defaultedFeatures'?: (string)[];
  /**
   * Trace of this request, 32 hexadecimal digits.
   */
  'traceId'?: (string);
  /**
   * Where the time went.
   */
  'latency'?: (_mlmesh_router_v1_Latency | null);
  /**
   * Part that the answering version played.
   */
  'role'?: (_mlmesh_common_v1_Role);
  /**
   * Why the rules answered so; empty for the other tiers.
   */
  'because'?: (string);
  /**
   * Generation of the alias `production` that the request was routed by.
   */
  'generation'?: (number | string);
}

/**
 * One prediction.
 */
export interface PredictResponse__Output {
  /**
   * Id to record the outcome by; ordered by router instance and sequence.
   */
  'predictionId': (string);
  /**
   * Output of the model, by the signature's order; the first is the score.
   */
  'outputs': (number)[];
  /**
   * Who answered.
   */
  'tier': (_mlmesh_common_v1_Tier__Output);
  /**
   * Version that answered; 0 for the rules.
   */
  'version': (number);
  /**
   * Tiers that were skipped before, in order.
   */
  'skipped': (_mlmesh_router_v1_SkippedTier__Output)[];
  /**
   * The stamp of the feature vector; absent when there was none.
   */
  'stamp': (_mlmesh_common_v1_FeatureStamp__Output | null);
  /**
   * Features that were filled with their default since they were not present.
   */
  'defaultedFeatures': (string)[];
  /**
   * Trace of this request, 32 hexadecimal digits.
   */
  'traceId': (string);
  /**
   * Where the time went.
   */
  'latency': (_mlmesh_router_v1_Latency__Output | null);
  /**
   * Part that the answering version played.
   */
  'role': (_mlmesh_common_v1_Role__Output);
  /**
   * Why the rules answered so; empty for the other tiers.
   */
  'because': (string);
  /**
   * Generation of the alias `production` that the request was routed by.
   */
  'generation': (number);
}
