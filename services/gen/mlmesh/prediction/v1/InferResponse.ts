// Original file: proto/mlmesh/prediction/v1/prediction_service.proto

import type { InferBatchReply as _mlmesh_prediction_v1_InferBatchReply, InferBatchReply__Output as _mlmesh_prediction_v1_InferBatchReply__Output } from '../../../mlmesh/prediction/v1/InferBatchReply.ts';

/**
 * A frame of answers.
 */
export interface InferResponse {
  /**
   * In any order and any number of frames.
   */
  'batches'?: (_mlmesh_prediction_v1_InferBatchReply)[];
}

/**
 * A frame of answers.
 */
export interface InferResponse__Output {
  /**
   * In any order and any number of frames.
   */
  'batches': (_mlmesh_prediction_v1_InferBatchReply__Output)[];
}
