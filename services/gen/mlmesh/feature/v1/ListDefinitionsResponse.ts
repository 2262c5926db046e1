// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { FeatureDefinition as _mlmesh_feature_v1_FeatureDefinition, FeatureDefinition__Output as _mlmesh_feature_v1_FeatureDefinition__Output } from '../../../mlmesh/feature/v1/FeatureDefinition.ts';
import type { ViewDefinition as _mlmesh_feature_v1_ViewDefinition, ViewDefinition__Output as _mlmesh_feature_v1_ViewDefinition__Output } from '../../../mlmesh/feature/v1/ViewDefinition.ts';
import type { FeatureSetDefinition as _mlmesh_feature_v1_FeatureSetDefinition, FeatureSetDefinition__Output as _mlmesh_feature_v1_FeatureSetDefinition__Output } from '../../../mlmesh/feature/v1/FeatureSetDefinition.ts';

/**
 * Says what is defined.
 */
export interface ListDefinitionsResponse {
  /**
   * Features, by name.
   */
  'features'?: (_mlmesh_feature_v1_FeatureDefinition)[];
  /**
   * Views, by id.
   */
  'views'?: (_mlmesh_feature_v1_ViewDefinition)[];
  /**
   * Feature sets, by model.
   */
  'featureSets'?: (_mlmesh_feature_v1_FeatureSetDefinition)[];
  /**
   * Log offset that has been applied.
   */
  'logOffset'?: (number | string);
}

/**
 * Says what is defined.
 */
export interface ListDefinitionsResponse__Output {
  /**
   * Features, by name.
   */
  'features': (_mlmesh_feature_v1_FeatureDefinition__Output)[];
  /**
   * Views, by id.
   */
  'views': (_mlmesh_feature_v1_ViewDefinition__Output)[];
  /**
   * Feature sets, by model.
   */
  'featureSets': (_mlmesh_feature_v1_FeatureSetDefinition__Output)[];
  /**
   * Log offset that has been applied.
   */
  'logOffset': (number);
}
