// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { CanaryRamp as _mlmesh_registry_v1_CanaryRamp, CanaryRamp__Output as _mlmesh_registry_v1_CanaryRamp__Output } from '../../../mlmesh/registry/v1/CanaryRamp.ts';

/**
 * How the traffic of a model is steered.
 */
export interface ModelTraffic {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Counts the changes, from 1; 0 while there were none.
   */
  'generation'?: (number | string);
  /**
   * What its canary has; absent while there is none.
   */
  'canaryRamp'?: (_mlmesh_registry_v1_CanaryRamp | null);
  /**
   * Whether no shadow is sent anything: the kill switch.
   */
  'isShadowPaused'?: (boolean);
}

/**
 * How the traffic of a model is steered.
 */
export interface ModelTraffic__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Counts the changes, from 1; 0 while there were none.
   */
  'generation': (number);
  /**
   * What its canary has; absent while there is none.
   */
  'canaryRamp': (_mlmesh_registry_v1_CanaryRamp__Output | null);
  /**
   * Whether no shadow is sent anything: the kill switch.
   */
  'isShadowPaused': (boolean);
}
