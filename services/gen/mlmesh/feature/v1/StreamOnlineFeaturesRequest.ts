// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { FeatureBatch as _mlmesh_feature_v1_FeatureBatch, FeatureBatch__Output as _mlmesh_feature_v1_FeatureBatch__Output } from '../../../mlmesh/feature/v1/FeatureBatch.ts';

/**
 * A frame of queries.
 */
export interface StreamOnlineFeaturesRequest {
  /**
   * At most 64 batches, each of one feature set.
   */
  'batches'?: (_mlmesh_feature_v1_FeatureBatch)[];
}

/**
 * A frame of queries.
 */
export interface StreamOnlineFeaturesRequest__Output {
  /**
   * At most 64 batches, each of one feature set.
   */
  'batches': (_mlmesh_feature_v1_FeatureBatch__Output)[];
}
