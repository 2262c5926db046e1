// Original file: proto/mlmesh/prediction/v1/prediction_service.proto

import type { InferRows as _mlmesh_prediction_v1_InferRows, InferRows__Output as _mlmesh_prediction_v1_InferRows__Output } from '../../../mlmesh/prediction/v1/InferRows.ts';
import type { InferError as _mlmesh_prediction_v1_InferError, InferError__Output as _mlmesh_prediction_v1_InferError__Output } from '../../../mlmesh/prediction/v1/InferError.ts';

/**
 * The answer to one batch.
 */
export interface InferBatchReply {
  /**
   * Which batch it answers.
   */
  'batchId'?: (number);
  /**
   * The outputs.
   */
  'rows'?: (_mlmesh_prediction_v1_InferRows | null);
  /**
   * Why there are none.
   */
  'error'?: (_mlmesh_prediction_v1_InferError | null);
  /**
   * How it went.
   */
  'result'?: "rows"|"error";
}

/**
 * The answer to one batch.
 */
export interface InferBatchReply__Output {
  /**
   * Which batch it answers.
   */
  'batchId': (number);
  /**
   * The outputs.
   */
  'rows'?: (_mlmesh_prediction_v1_InferRows__Output | null);
  /**
   * Why there are none.
   */
  'error'?: (_mlmesh_prediction_v1_InferError__Output | null);
  /**
   * How it went.
   */
  'result'?: "rows"|"error";
}
