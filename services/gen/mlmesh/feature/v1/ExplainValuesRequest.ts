// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { FeatureQuery as _mlmesh_feature_v1_FeatureQuery, FeatureQuery__Output as _mlmesh_feature_v1_FeatureQuery__Output } from '../../../mlmesh/feature/v1/FeatureQuery.ts';

/**
 * Asks to explain the values of one row.
 */
export interface ExplainValuesRequest {
  /**
   * One row of a feature set.
   */
  'query'?: (_mlmesh_feature_v1_FeatureQuery | null);
  /**
   * Log offset L to explain it at; 0 means that of now.
   */
  'logOffset'?: (number | string);
  /**
   * Name of a feature of a view; empty means all of the feature set.
   */
  'feature'?: (string);
}

/**
 * Asks to explain the values of one row.
 */
export interface ExplainValuesRequest__Output {
  /**
   * One row of a feature set.
   */
  'query': (_mlmesh_feature_v1_FeatureQuery__Output | null);
  /**
   * Log offset L to explain it at; 0 means that of now.
   */
  'logOffset': (number);
  /**
   * Name of a feature of a view; empty means all of the feature set.
   */
  'feature': (string);
}
