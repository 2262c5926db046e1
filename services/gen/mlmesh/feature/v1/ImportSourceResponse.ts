// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { Progress as _mlmesh_feature_v1_Progress, Progress__Output as _mlmesh_feature_v1_Progress__Output } from '../../../mlmesh/feature/v1/Progress.ts';

/**
 * How far the import is; the last message carries the result.
 */
export interface ImportSourceResponse {
  /**
   * How far it is.
   */
  'progress'?: (_mlmesh_feature_v1_Progress | null);
  /**
   * Events in the warehouse; 0 until the end.
   */
  'rows'?: (number | string);
  /**
   * Log offset of the online state; 0 until the end.
   */
  'logOffset'?: (number | string);
}

/**
 * How far the import is; the last message carries the result.
 */
export interface ImportSourceResponse__Output {
  /**
   * How far it is.
   */
  'progress': (_mlmesh_feature_v1_Progress__Output | null);
  /**
   * Events in the warehouse; 0 until the end.
   */
  'rows': (number);
  /**
   * Log offset of the online state; 0 until the end.
   */
  'logOffset': (number);
}
