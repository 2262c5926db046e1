// Original file: proto/mlmesh/router/v1/router_service.proto

import type { PredictRequest as _mlmesh_router_v1_PredictRequest, PredictRequest__Output as _mlmesh_router_v1_PredictRequest__Output } from '../../../mlmesh/router/v1/PredictRequest.ts';

/**
 * One request of a stream.
 */
export interface PredictStreamRequest {
  /**
   * Chosen by the caller, unique within the stream.
   */
  'sequence'?: (number);
  /**
   * The request.
   */
  'request'?: (_mlmesh_router_v1_PredictRequest | null);
}

/**
 * One request of a stream.
 */
export interface PredictStreamRequest__Output {
  /**
   * Chosen by the caller, unique within the stream.
   */
  'sequence': (number);
  /**
   * The request.
   */
  'request': (_mlmesh_router_v1_PredictRequest__Output | null);
}
