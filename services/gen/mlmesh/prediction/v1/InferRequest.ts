// Original file: proto/mlmesh/prediction/v1/prediction_service.proto

import type { InferBatch as _mlmesh_prediction_v1_InferBatch, InferBatch__Output as _mlmesh_prediction_v1_InferBatch__Output } from '../../../mlmesh/prediction/v1/InferBatch.ts';

/**
 * A frame of batches.
 */
export interface InferRequest {
  /**
   * At most 64, each of one version.
   */
  'batches'?: (_mlmesh_prediction_v1_InferBatch)[];
}

/**
 * A frame of batches.
 */
export interface InferRequest__Output {
  /**
   * At most 64, each of one version.
   */
  'batches': (_mlmesh_prediction_v1_InferBatch__Output)[];
}
