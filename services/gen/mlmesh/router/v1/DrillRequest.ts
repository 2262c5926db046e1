// Original file: proto/mlmesh/router/v1/router_service.proto

import type { PredictRequest as _mlmesh_router_v1_PredictRequest, PredictRequest__Output as _mlmesh_router_v1_PredictRequest__Output } from '../../../mlmesh/router/v1/PredictRequest.ts';
import type { Fault as _mlmesh_router_v1_Fault, Fault__Output as _mlmesh_router_v1_Fault__Output } from '../../../mlmesh/router/v1/Fault.ts';

/**
 * Asks for one prediction under a drill.
 */
export interface DrillRequest {
  /**
   * The request. Its time may be any.
   */
  'request'?: (_mlmesh_router_v1_PredictRequest | null);
  /**
   * What is made to hang, for this request alone.
   */
  'fault'?: (_mlmesh_router_v1_Fault);
  /**
   * Version that is to answer, 0 for none, so that the fallback does; absent means as callers are routed. Without a version and without
   * a fault the request is past traffic: it goes to the shadows and into the log of predictions. Others leave no trace there.
   */
  'version'?: (number);
  '_version'?: "version";
}

/**
 * Asks for one prediction under a drill.
 */
export interface DrillRequest__Output {
  /**
   * The request. Its time may be any.
   */
  'request': (_mlmesh_router_v1_PredictRequest__Output | null);
  /**
   * What is made to hang, for this request alone.
   */
  'fault': (_mlmesh_router_v1_Fault__Output);
  /**
   * Version that is to answer, 0 for none, so that the fallback does; absent means as callers are routed. Without a version and without
   * a fault the request is past traffic: it goes to the shadows and into the log of predictions. Others leave no trace there.
   */
  'version'?: (number);
  '_version'?: "version";
}
