// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { FeatureQuery as _mlmesh_feature_v1_FeatureQuery, FeatureQuery__Output as _mlmesh_feature_v1_FeatureQuery__Output } from '../../../mlmesh/feature/v1/FeatureQuery.ts';

/**
 * Asks to compute vectors again, each at its own time and log offset.
 */
export interface RecomputeRequest {
  /**
   * What is asked: at most 1,024 rows, best of entities and times that are near each other, since they share a scan.
   */
  'query'?: (_mlmesh_feature_v1_FeatureQuery | null);
  /**
   * Log offset L of each row: float64 little-endian; rows x 8 bytes.
   */
  'logOffsets'?: (Buffer | Uint8Array | string);
}

/**
 * Asks to compute vectors again, each at its own time and log offset.
 */
export interface RecomputeRequest__Output {
  /**
   * What is asked: at most 1,024 rows, best of entities and times that are near each other, since they share a scan.
   */
  'query': (_mlmesh_feature_v1_FeatureQuery__Output | null);
  /**
   * Log offset L of each row: float64 little-endian; rows x 8 bytes.
   */
  'logOffsets': (Buffer);
}
