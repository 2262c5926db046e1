// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { ModelTraffic as _mlmesh_registry_v1_ModelTraffic, ModelTraffic__Output as _mlmesh_registry_v1_ModelTraffic__Output } from '../../../mlmesh/registry/v1/ModelTraffic.ts';

/**
 * How the traffic of a model is steered, and what its ramp is.
 */
export interface GetTrafficResponse {
  /**
   * How it is steered.
   */
  'traffic'?: (_mlmesh_registry_v1_ModelTraffic | null);
  /**
   * Steps of the ramp: shares above 0 and at most 1, ascending.
   */
  'rampSteps'?: (number | string)[];
  /**
   * Milliseconds that a step lasts at least.
   */
  'holdForMs'?: (number | string);
}

/**
 * How the traffic of a model is steered, and what its ramp is.
 */
export interface GetTrafficResponse__Output {
  /**
   * How it is steered.
   */
  'traffic': (_mlmesh_registry_v1_ModelTraffic__Output | null);
  /**
   * Steps of the ramp: shares above 0 and at most 1, ascending.
   */
  'rampSteps': (number)[];
  /**
   * Milliseconds that a step lasts at least.
   */
  'holdForMs': (number);
}
