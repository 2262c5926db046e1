// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { FeatureValue as _mlmesh_feature_v1_FeatureValue, FeatureValue__Output as _mlmesh_feature_v1_FeatureValue__Output } from '../../../mlmesh/feature/v1/FeatureValue.ts';

/**
 * One cell of an answer that is not what its recomputation gives.
 */
export interface AnswerMismatch {
  /**
   * Feature set, by name.
   */
  'featureSet'?: (string);
  /**
   * Name of the feature.
   */
  'feature'?: (string);
  /**
   * Entity keys of the row, in the order of the feature set's join keys.
   */
  'keys'?: (string)[];
  /**
   * Time t, milliseconds since the Unix epoch.
   */
  'atMs'?: (number | string);
  /**
   * Log offset L.
   */
  'logOffset'?: (number | string);
  /**
   * What was served.
   */
  'served'?: (_mlmesh_feature_v1_FeatureValue | null);
  /**
   * What the plain definition gives at the same (t, L).
   */
  'recomputed'?: (_mlmesh_feature_v1_FeatureValue | null);
  /**
   * How many doubles lie between the two values, plus one; 0 when only the statuses differ, infinity when one is no number.
   */
  'ulps'?: (number | string);
}

/**
 * One cell of an answer that is not what its recomputation gives.
 */
export interface AnswerMismatch__Output {
  /**
   * Feature set, by name.
   */
  'featureSet': (string);
  /**
   * Name of the feature.
   */
  'feature': (string);
  /**
   * Entity keys of the row, in the order of the feature set's join keys.
   */
  'keys': (string)[];
  /**
   * Time t, milliseconds since the Unix epoch.
   */
  'atMs': (number);
  /**
   * Log offset L.
   */
  'logOffset': (number);
  /**
   * What was served.
   */
  'served': (_mlmesh_feature_v1_FeatureValue__Output | null);
  /**
   * What the plain definition gives at the same (t, L).
   */
  'recomputed': (_mlmesh_feature_v1_FeatureValue__Output | null);
  /**
   * How many doubles lie between the two values, plus one; 0 when only the statuses differ, infinity when one is no number.
   */
  'ulps': (number);
}
