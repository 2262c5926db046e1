// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { ModelTraffic as _mlmesh_registry_v1_ModelTraffic, ModelTraffic__Output as _mlmesh_registry_v1_ModelTraffic__Output } from '../../../mlmesh/registry/v1/ModelTraffic.ts';

/**
 * The traffic after the change.
 */
export interface SetTrafficResponse {
  /**
   * How it is steered now.
   */
  'traffic'?: (_mlmesh_registry_v1_ModelTraffic | null);
  /**
   * Sequence of the event in the log; of the last event where it was so already.
   */
  'sequence'?: (number | string);
}

/**
 * The traffic after the change.
 */
export interface SetTrafficResponse__Output {
  /**
   * How it is steered now.
   */
  'traffic': (_mlmesh_registry_v1_ModelTraffic__Output | null);
  /**
   * Sequence of the event in the log; of the last event where it was so already.
   */
  'sequence': (number);
}
