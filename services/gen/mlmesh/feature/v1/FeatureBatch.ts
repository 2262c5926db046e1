// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { FeatureQuery as _mlmesh_feature_v1_FeatureQuery, FeatureQuery__Output as _mlmesh_feature_v1_FeatureQuery__Output } from '../../../mlmesh/feature/v1/FeatureQuery.ts';

/**
 * One batch of a frame.
 */
export interface FeatureBatch {
  /**
   * Chosen by the caller, unique within the stream; the answer names it.
   */
  'batchId'?: (number);
  /**
   * What is asked.
   */
  'query'?: (_mlmesh_feature_v1_FeatureQuery | null);
  /**
   * Packed trace contexts: 25 bytes a row (trace id, span id, flags), zeros where a row is not traced; empty when none is.
   */
  'traceContexts'?: (Buffer | Uint8Array | string);
  /**
   * Milliseconds that the most patient row still has, measured when the frame was sent.
   */
  'budgetMs'?: (number | string);
}

/**
 * One batch of a frame.
 */
export interface FeatureBatch__Output {
  /**
   * Chosen by the caller, unique within the stream; the answer names it.
   */
  'batchId': (number);
  /**
   * What is asked.
   */
  'query': (_mlmesh_feature_v1_FeatureQuery__Output | null);
  /**
   * Packed trace contexts: 25 bytes a row (trace id, span id, flags), zeros where a row is not traced; empty when none is.
   */
  'traceContexts': (Buffer);
  /**
   * Milliseconds that the most patient row still has, measured when the frame was sent.
   */
  'budgetMs': (number);
}
