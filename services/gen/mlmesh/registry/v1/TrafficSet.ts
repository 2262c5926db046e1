// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { ModelTraffic as _mlmesh_registry_v1_ModelTraffic, ModelTraffic__Output as _mlmesh_registry_v1_ModelTraffic__Output } from '../../../mlmesh/registry/v1/ModelTraffic.ts';

/**
 * The traffic of a model was steered.
 */
export interface TrafficSet {
  /**
   * How it is now.
   */
  'traffic'?: (_mlmesh_registry_v1_ModelTraffic | null);
  /**
   * Why.
   */
  'reason'?: (string);
  /**
   * Whether the share grew although the ramp was held, its step was not over, or one was left out.
   */
  'isForced'?: (boolean);
}

/**
 * The traffic of a model was steered.
 */
export interface TrafficSet__Output {
  /**
   * How it is now.
   */
  'traffic': (_mlmesh_registry_v1_ModelTraffic__Output | null);
  /**
   * Why.
   */
  'reason': (string);
  /**
   * Whether the share grew although the ramp was held, its step was not over, or one was left out.
   */
  'isForced': (boolean);
}
