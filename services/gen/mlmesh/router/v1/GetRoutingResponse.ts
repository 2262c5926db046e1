// Original file: proto/mlmesh/router/v1/router_service.proto

import type { ModelRouting as _mlmesh_router_v1_ModelRouting, ModelRouting__Output as _mlmesh_router_v1_ModelRouting__Output } from '../../../mlmesh/router/v1/ModelRouting.ts';

/**
 * Gives the routing.
 */
export interface GetRoutingResponse {
  /**
   * By model.
   */
  'models'?: (_mlmesh_router_v1_ModelRouting)[];
  /**
   * Identity of this router: the first half of its prediction ids.
   */
  'instance'?: (string);
}

/**
 * Gives the routing.
 */
export interface GetRoutingResponse__Output {
  /**
   * By model.
   */
  'models': (_mlmesh_router_v1_ModelRouting__Output)[];
  /**
   * Identity of this router: the first half of its prediction ids.
   */
  'instance': (string);
}
