// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { FeatureStatus as _mlmesh_feature_v1_FeatureStatus, FeatureStatus__Output as _mlmesh_feature_v1_FeatureStatus__Output } from '../../../mlmesh/feature/v1/FeatureStatus.ts';

/**
 * One value with its status.
 */
export interface FeatureValue {
  /**
   * The value; the default stands where the status is not present.
   */
  'value'?: (number | string);
  /**
   * How it came about.
   */
  'status'?: (_mlmesh_feature_v1_FeatureStatus);
}

/**
 * One value with its status.
 */
export interface FeatureValue__Output {
  /**
   * The value; the default stands where the status is not present.
   */
  'value': (number);
  /**
   * How it came about.
   */
  'status': (_mlmesh_feature_v1_FeatureStatus__Output);
}
