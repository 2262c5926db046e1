// Original file: proto/mlmesh/router/v1/router_service.proto


/**
 * Asks for the routing.
 */
export interface GetRoutingRequest {
  /**
   * Name of the model; empty means all.
   */
  'model'?: (string);
}

/**
 * Asks for the routing.
 */
export interface GetRoutingRequest__Output {
  /**
   * Name of the model; empty means all.
   */
  'model': (string);
}
