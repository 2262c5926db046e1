// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { EventColumn as _mlmesh_feature_v1_EventColumn, EventColumn__Output as _mlmesh_feature_v1_EventColumn__Output } from '../../../mlmesh/feature/v1/EventColumn.ts';

/**
 * Some rows of a source.
 */
export interface ReadSourceResponse {
  /**
   * Rows in this message, at most 4,096.
   */
  'rows'?: (number);
  /**
   * Event ids.
   */
  'eventIds'?: (string)[];
  /**
   * All columns of the source.
   */
  'columns'?: (_mlmesh_feature_v1_EventColumn)[];
}

/**
 * Some rows of a source.
 */
export interface ReadSourceResponse__Output {
  /**
   * Rows in this message, at most 4,096.
   */
  'rows': (number);
  /**
   * Event ids.
   */
  'eventIds': (string)[];
  /**
   * All columns of the source.
   */
  'columns': (_mlmesh_feature_v1_EventColumn__Output)[];
}
