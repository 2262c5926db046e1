// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { EventColumn as _mlmesh_feature_v1_EventColumn, EventColumn__Output as _mlmesh_feature_v1_EventColumn__Output } from '../../../mlmesh/feature/v1/EventColumn.ts';

/**
 * Events of one source, columnar.
 */
export interface IngestRequest {
  /**
   * Chosen by the caller, ascending within the stream; the acknowledgement names it.
   */
  'batchId'?: (number);
  /**
   * Name of the source.
   */
  'source'?: (string);
  /**
   * Events, 1 to 4,096.
   */
  'rows'?: (number);
  /**
   * Event ids, unique within the source; rows of them.
   */
  'eventIds'?: (string)[];
  /**
   * All columns of the source, in any order.
   */
  'columns'?: (_mlmesh_feature_v1_EventColumn)[];
}

/**
 * Events of one source, columnar.
 */
export interface IngestRequest__Output {
  /**
   * Chosen by the caller, ascending within the stream; the acknowledgement names it.
   */
  'batchId': (number);
  /**
   * Name of the source.
   */
  'source': (string);
  /**
   * Events, 1 to 4,096.
   */
  'rows': (number);
  /**
   * Event ids, unique within the source; rows of them.
   */
  'eventIds': (string)[];
  /**
   * All columns of the source, in any order.
   */
  'columns': (_mlmesh_feature_v1_EventColumn__Output)[];
}
