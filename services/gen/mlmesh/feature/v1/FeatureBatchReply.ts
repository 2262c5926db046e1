// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { FeatureRows as _mlmesh_feature_v1_FeatureRows, FeatureRows__Output as _mlmesh_feature_v1_FeatureRows__Output } from '../../../mlmesh/feature/v1/FeatureRows.ts';
import type { BatchError as _mlmesh_feature_v1_BatchError, BatchError__Output as _mlmesh_feature_v1_BatchError__Output } from '../../../mlmesh/feature/v1/BatchError.ts';

/**
 * The answer to one batch.
 */
export interface FeatureBatchReply {
  /**
   * Which batch it answers.
   */
  'batchId'?: (number);
  /**
   * The vectors.
   */
  'rows'?: (_mlmesh_feature_v1_FeatureRows | null);
  /**
   * Why there are none, for the batch as a whole.
   */
  'error'?: (_mlmesh_feature_v1_BatchError | null);
  /**
   * How it went.
   */
  'result'?: "rows"|"error";
}

/**
 * The answer to one batch.
 */
export interface FeatureBatchReply__Output {
  /**
   * Which batch it answers.
   */
  'batchId': (number);
  /**
   * The vectors.
   */
  'rows'?: (_mlmesh_feature_v1_FeatureRows__Output | null);
  /**
   * Why there are none, for the batch as a whole.
   */
  'error'?: (_mlmesh_feature_v1_BatchError__Output | null);
  /**
   * How it went.
   */
  'result'?: "rows"|"error";
}
