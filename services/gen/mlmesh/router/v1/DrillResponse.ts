// Original file: proto/mlmesh/router/v1/router_service.proto

import type { PredictResponse as _mlmesh_router_v1_PredictResponse, PredictResponse__Output as _mlmesh_router_v1_PredictResponse__Output } from '../../../mlmesh/router/v1/PredictResponse.ts';

/**
 * The answer of a drill.
 */
export interface DrillResponse {
  /**
   * As a caller would have got it.
   */
  'response'?: (_mlmesh_router_v1_PredictResponse | null);
}

/**
 * The answer of a drill.
 */
export interface DrillResponse__Output {
  /**
   * As a caller would have got it.
   */
  'response': (_mlmesh_router_v1_PredictResponse__Output | null);
}
