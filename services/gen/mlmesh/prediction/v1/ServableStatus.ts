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
  /**
   * Rows whose outputs came after their budget had passed; whoever asked for them has gone on.
   */
  'lateRows'?: (number | string);
  /**
   * Rows that were not run because they could not have been answered in time.
   */
  'hopelessRows'?: (number | string);
  /**
   * Rows whose budget passed while they waited.
   */
  'expiredRows'?: (number | string);
  /**
   * Rows that were refused because too many waited, or made room for production.
   */
  'shedRows'?: (number | string);
  /**
   * Rows that failed.
   */
  'failedRows'?: (number | string);
  /**
   * The part that it plays: production, canary, control, previous, shadow, or requested where no alias points to it.
   */
  'role'?: (string);
  /**
   * Bytes of memory that one session of it may take, as its provenance says.
   */
  'memoryBytes'?: (number | string);
  /**
   * Rows that were not run because whoever asked for them gave up while they waited.
   */
  'cancelledRows'?: (number | string);
  /**
   * Milliseconds of a native call of one row, the median of its last five; of the next larger size where none was of one row. 0 before the first.
   */
  'callMs'?: (number | string);
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
  /**
   * Rows whose outputs came after their budget had passed; whoever asked for them has gone on.
   */
  'lateRows': (number);
  /**
   * Rows that were not run because they could not have been answered in time.
   */
  'hopelessRows': (number);
  /**
   * Rows whose budget passed while they waited.
   */
  'expiredRows': (number);
  /**
   * Rows that were refused because too many waited, or made room for production.
   */
  'shedRows': (number);
  /**
   * Rows that failed.
   */
  'failedRows': (number);
  /**
   * The part that it plays: production, canary, control, previous, shadow, or requested where no alias points to it.
   */
  'role': (string);
  /**
   * Bytes of memory that one session of it may take, as its provenance says.
   */
  'memoryBytes': (number);
  /**
   * Rows that were not run because whoever asked for them gave up while they waited.
   */
  'cancelledRows': (number);
  /**
   * Milliseconds of a native call of one row, the median of its last five; of the next larger size where none was of one row. 0 before the first.
   */
  'callMs': (number);
}
