// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { FeatureBatchReply as _mlmesh_feature_v1_FeatureBatchReply, FeatureBatchReply__Output as _mlmesh_feature_v1_FeatureBatchReply__Output } from '../../../mlmesh/feature/v1/FeatureBatchReply.ts';

/**
 * A frame of answers.
 */
export interface StreamOnlineFeaturesResponse {
  /**
   * One for each batch of the frame, in any order and any number of frames.
   */
  'batches'?: (_mlmesh_feature_v1_FeatureBatchReply)[];
}

/**
 * A frame of answers.
 */
export interface StreamOnlineFeaturesResponse__Output {
  /**
   * One for each batch of the frame, in any order and any number of frames.
   */
  'batches': (_mlmesh_feature_v1_FeatureBatchReply__Output)[];
}
