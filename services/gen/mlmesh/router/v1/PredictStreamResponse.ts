// Original file: proto/mlmesh/router/v1/router_service.proto

import type { PredictResponse as _mlmesh_router_v1_PredictResponse, PredictResponse__Output as _mlmesh_router_v1_PredictResponse__Output } from '../../../mlmesh/router/v1/PredictResponse.ts';
import type { PredictError as _mlmesh_router_v1_PredictError, PredictError__Output as _mlmesh_router_v1_PredictError__Output } from '../../../mlmesh/router/v1/PredictError.ts';

/**
 * One answer of a stream.
 */
export interface PredictStreamResponse {
  /**
   * Which request it answers.
   */
  'sequence'?: (number);
  /**
   * The answer.
   */
  'response'?: (_mlmesh_router_v1_PredictResponse | null);
  /**
   * Why there is none.
   */
  'error'?: (_mlmesh_router_v1_PredictError | null);
  /**
   * How it went.
   */
  'result'?: "response"|"error";
}

/**
 * One answer of a stream.
 */
export interface PredictStreamResponse__Output {
  /**
   * Which request it answers.
   */
  'sequence': (number);
  /**
   * The answer.
   */
  'response'?: (_mlmesh_router_v1_PredictResponse__Output | null);
  /**
   * Why there is none.
   */
  'error'?: (_mlmesh_router_v1_PredictError__Output | null);
  /**
   * How it went.
   */
  'result'?: "response"|"error";
}
