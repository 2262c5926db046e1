// Original file: proto/mlmesh/monitor/v1/monitor_service.proto

import type { LoggedPrediction as _mlmesh_monitor_v1_LoggedPrediction, LoggedPrediction__Output as _mlmesh_monitor_v1_LoggedPrediction__Output } from '../../../mlmesh/monitor/v1/LoggedPrediction.ts';
import type { ShadowAnswer as _mlmesh_monitor_v1_ShadowAnswer, ShadowAnswer__Output as _mlmesh_monitor_v1_ShadowAnswer__Output } from '../../../mlmesh/monitor/v1/ShadowAnswer.ts';

/**
 * A batch of what a router has to tell.
 */
export interface LogPredictionsRequest {
  /**
   * Ascending within the stream; the acknowledgement names it.
   */
  'batchId'?: (number);
  /**
   * Answers that went to callers; at most 1,024.
   */
  'predictions'?: (_mlmesh_monitor_v1_LoggedPrediction)[];
  /**
   * Answers of shadows; at most 1,024. One may come before or after its prediction, or in the same batch.
   */
  'shadowAnswers'?: (_mlmesh_monitor_v1_ShadowAnswer)[];
  /**
   * Records that this router dropped since its start, because its queue was full.
   */
  'dropped'?: (number | string);
}

/**
 * A batch of what a router has to tell.
 */
export interface LogPredictionsRequest__Output {
  /**
   * Ascending within the stream; the acknowledgement names it.
   */
  'batchId': (number);
  /**
   * Answers that went to callers; at most 1,024.
   */
  'predictions': (_mlmesh_monitor_v1_LoggedPrediction__Output)[];
  /**
   * Answers of shadows; at most 1,024. One may come before or after its prediction, or in the same batch.
   */
  'shadowAnswers': (_mlmesh_monitor_v1_ShadowAnswer__Output)[];
  /**
   * Records that this router dropped since its start, because its queue was full.
   */
  'dropped': (number);
}
