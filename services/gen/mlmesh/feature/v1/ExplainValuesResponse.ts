// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { ValueExplanation as _mlmesh_feature_v1_ValueExplanation, ValueExplanation__Output as _mlmesh_feature_v1_ValueExplanation__Output } from '../../../mlmesh/feature/v1/ValueExplanation.ts';

/**
 * Explains the values of one row.
 */
export interface ExplainValuesResponse {
  /**
   * One for each feature that was asked for, in the order of the feature set.
   */
  'features'?: (_mlmesh_feature_v1_ValueExplanation)[];
  /**
   * Log offset L that they are explained at.
   */
  'logOffset'?: (number | string);
  /**
   * Log offset of now.
   */
  'newestLogOffset'?: (number | string);
}

/**
 * Explains the values of one row.
 */
export interface ExplainValuesResponse__Output {
  /**
   * One for each feature that was asked for, in the order of the feature set.
   */
  'features': (_mlmesh_feature_v1_ValueExplanation__Output)[];
  /**
   * Log offset L that they are explained at.
   */
  'logOffset': (number);
  /**
   * Log offset of now.
   */
  'newestLogOffset': (number);
}
