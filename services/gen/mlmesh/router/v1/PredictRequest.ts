// Original file: proto/mlmesh/router/v1/router_service.proto

import type { Value as _mlmesh_common_v1_Value, Value__Output as _mlmesh_common_v1_Value__Output } from '../../../mlmesh/common/v1/Value.ts';
import type { Priority as _mlmesh_router_v1_Priority, Priority__Output as _mlmesh_router_v1_Priority__Output } from '../../../mlmesh/router/v1/Priority.ts';

/**
 * Asks for one prediction.
 */
export interface PredictRequest {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Entity keys by join key, such as origin: ORD; all that the model needs, each at most 256 bytes.
   */
  'entities'?: ({[key: string]: string});
  /**
   * Request features by name; all that the model needs, no NaN, no infinity.
   */
  'requestFeatures'?: ({[key: string]: _mlmesh_common_v1_Value});
  /**
   * Time of the prediction, milliseconds since the Unix epoch. 0 means now. Others are refused unless the mesh runs on a virtual clock.
   */
  'atMs'?: (number | string);
  /**
   * Chosen by the caller so that a retry at the same router within 30 s gets the same answer and is logged once; empty, or at most 64 characters.
   * Another model, entity, request feature or time under the same id is refused.
   */
  'requestId'?: (string);
  /**
   * How long the caller waits, milliseconds; 0 means as long as the deadline of its call. The earlier of both counts.
   */
  'timeoutMs'?: (number | string);
  /**
   * Who is refused last when more is asked than can be answered.
   */
  'priority'?: (_mlmesh_router_v1_Priority);
}

/**
 * Asks for one prediction.
 */
export interface PredictRequest__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Entity keys by join key, such as origin: ORD; all that the model needs, each at most 256 bytes.
   */
  'entities': ({[key: string]: string});
  /**
   * Request features by name; all that the model needs, no NaN, no infinity.
   */
  'requestFeatures': ({[key: string]: _mlmesh_common_v1_Value__Output});
  /**
   * Time of the prediction, milliseconds since the Unix epoch. 0 means now. Others are refused unless the mesh runs on a virtual clock.
   */
  'atMs': (number);
  /**
   * Chosen by the caller so that a retry at the same router within 30 s gets the same answer and is logged once; empty, or at most 64 characters.
   * Another model, entity, request feature or time under the same id is refused.
   */
  'requestId': (string);
  /**
   * How long the caller waits, milliseconds; 0 means as long as the deadline of its call. The earlier of both counts.
   */
  'timeoutMs': (number);
  /**
   * Who is refused last when more is asked than can be answered.
   */
  'priority': (_mlmesh_router_v1_Priority__Output);
}
