// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { FeatureSetDefinition as _mlmesh_feature_v1_FeatureSetDefinition, FeatureSetDefinition__Output as _mlmesh_feature_v1_FeatureSetDefinition__Output } from '../../../mlmesh/feature/v1/FeatureSetDefinition.ts';

/**
 * Gives a feature set.
 */
export interface GetFeatureSetResponse {
  /**
   * Its hash, names and keys.
   */
  'definition'?: (_mlmesh_feature_v1_FeatureSetDefinition | null);
  /**
   * Version of the arithmetic that it is served with, from 1.
   */
  'computeVersion'?: (number);
  /**
   * Its plan as JSON: see FeatureSetPlan in services/shared/compute/plan.ts.
   */
  'planJson'?: (string);
}

/**
 * Gives a feature set.
 */
export interface GetFeatureSetResponse__Output {
  /**
   * Its hash, names and keys.
   */
  'definition': (_mlmesh_feature_v1_FeatureSetDefinition__Output | null);
  /**
   * Version of the arithmetic that it is served with, from 1.
   */
  'computeVersion': (number);
  /**
   * Its plan as JSON: see FeatureSetPlan in services/shared/compute/plan.ts.
   */
  'planJson': (string);
}
