// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { FeatureQuery as _mlmesh_feature_v1_FeatureQuery, FeatureQuery__Output as _mlmesh_feature_v1_FeatureQuery__Output } from '../../../mlmesh/feature/v1/FeatureQuery.ts';

/**
 * Asks for the vectors of some entities.
 */
export interface GetOnlineFeaturesRequest {
  /**
   * What is asked.
   */
  'query'?: (_mlmesh_feature_v1_FeatureQuery | null);
}

/**
 * Asks for the vectors of some entities.
 */
export interface GetOnlineFeaturesRequest__Output {
  /**
   * What is asked.
   */
  'query': (_mlmesh_feature_v1_FeatureQuery__Output | null);
}
