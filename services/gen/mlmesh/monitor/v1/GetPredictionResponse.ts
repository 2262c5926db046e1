// Original file: proto/mlmesh/monitor/v1/monitor_service.proto

import type { LoggedPrediction as _mlmesh_monitor_v1_LoggedPrediction, LoggedPrediction__Output as _mlmesh_monitor_v1_LoggedPrediction__Output } from '../../../mlmesh/monitor/v1/LoggedPrediction.ts';
import type { ShadowAnswer as _mlmesh_monitor_v1_ShadowAnswer, ShadowAnswer__Output as _mlmesh_monitor_v1_ShadowAnswer__Output } from '../../../mlmesh/monitor/v1/ShadowAnswer.ts';
import type { Outcome as _mlmesh_monitor_v1_Outcome, Outcome__Output as _mlmesh_monitor_v1_Outcome__Output } from '../../../mlmesh/monitor/v1/Outcome.ts';

/**
 * One prediction.
 */
export interface GetPredictionResponse {
  /**
   * As it was logged; absent when its router died before it could tell, while something else of it is known.
   */
  'prediction'?: (_mlmesh_monitor_v1_LoggedPrediction | null);
  /**
   * Answers of its shadows.
   */
  'shadowAnswers'?: (_mlmesh_monitor_v1_ShadowAnswer)[];
  /**
   * What came of it; absent while unknown.
   */
  'outcome'?: (_mlmesh_monitor_v1_Outcome | null);
}

/**
 * One prediction.
 */
export interface GetPredictionResponse__Output {
  /**
   * As it was logged; absent when its router died before it could tell, while something else of it is known.
   */
  'prediction': (_mlmesh_monitor_v1_LoggedPrediction__Output | null);
  /**
   * Answers of its shadows.
   */
  'shadowAnswers': (_mlmesh_monitor_v1_ShadowAnswer__Output)[];
  /**
   * What came of it; absent while unknown.
   */
  'outcome': (_mlmesh_monitor_v1_Outcome__Output | null);
}
