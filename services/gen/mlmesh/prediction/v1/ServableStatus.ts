// Original file: proto/mlmesh/prediction/v1/prediction_service.proto

import type { ServableState as _mlmesh_prediction_v1_ServableState, ServableState__Output as _mlmesh_prediction_v1_ServableState__Output } from '../../../mlmesh/prediction/v1/ServableState.ts';

/**
 * State of one hosted version.
 */
export interface ServableStatus {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Number of the version.
   */
  'version'?: (number);
  /**
   * Where it is in its life.
   */
  'state'?: (_mlmesh_prediction_v1_ServableState);
  /**
   * Why it failed; empty otherwise.
   */
  'error'?: (string);
  /**
   * Runtime that runs it.
   */
  'backend'?: (string);
  /**
   * Rows that were answered.
   */
  'rows'?: (number | string);
  /**
   * Native calls; rows over calls is the mean batch.
   */
  'calls'?: (number | string);
}

/**
 * State of one hosted version.
 */
export interface ServableStatus__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Number of the version.
   */
  'version': (number);
  /**
   * Where it is in its life.
   */
  'state': (_mlmesh_prediction_v1_ServableState__Output);
  /**
   * Why it failed; empty otherwise.
   */
  'error': (string);
  /**
   * Runtime that runs it.
   */
  'backend': (string);
  /**
   * Rows that were answered.
   */
  'rows': (number);
  /**
   * Native calls; rows over calls is the mean batch.
   */
  'calls': (number);
}
