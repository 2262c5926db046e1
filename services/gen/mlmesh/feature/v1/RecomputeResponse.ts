// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { FeatureRows as _mlmesh_feature_v1_FeatureRows, FeatureRows__Output as _mlmesh_feature_v1_FeatureRows__Output } from '../../../mlmesh/feature/v1/FeatureRows.ts';

/**
 * Gives the recomputed vectors.
 */
export interface RecomputeResponse {
  /**
   * In the order of the query; log_offset is 0.
   */
  'rows'?: (_mlmesh_feature_v1_FeatureRows | null);
}

/**
 * Gives the recomputed vectors.
 */
export interface RecomputeResponse__Output {
  /**
   * In the order of the query; log_offset is 0.
   */
  'rows': (_mlmesh_feature_v1_FeatureRows__Output | null);
}
