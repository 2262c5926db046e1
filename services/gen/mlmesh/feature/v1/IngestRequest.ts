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
   * Event ids of 1 to 128 characters, unique within the source; rows of them. Empty where `partition` says who the events are.
   */
  'eventIds'?: (string)[];
  /**
   * All columns of the source, in any order.
   */
  'columns'?: (_mlmesh_feature_v1_EventColumn)[];
  /**
   * Names an ordered part of the source, such as a partition of a log, with 1 to 128 characters: an event is known by its
   * partition and position then, which is cheaper than an id. Empty where `event_ids` says who the events are.
   */
  'partition'?: (string);
  /**
   * Position of the first event in its partition, a whole number of 0 to 2^53 - 1 less `rows`; those after it have the next ones.
   * Events at or before the highest position that the log has of the partition are duplicates. Positions may be left out, and
   * what was left out cannot come later.
   */
  'firstPosition'?: (number | string);
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
   * Event ids of 1 to 128 characters, unique within the source; rows of them. Empty where `partition` says who the events are.
   */
  'eventIds': (string)[];
  /**
   * All columns of the source, in any order.
   */
  'columns': (_mlmesh_feature_v1_EventColumn__Output)[];
  /**
   * Names an ordered part of the source, such as a partition of a log, with 1 to 128 characters: an event is known by its
   * partition and position then, which is cheaper than an id. Empty where `event_ids` says who the events are.
   */
  'partition': (string);
  /**
   * Position of the first event in its partition, a whole number of 0 to 2^53 - 1 less `rows`; those after it have the next ones.
   * Events at or before the highest position that the log has of the partition are duplicates. Positions may be left out, and
   * what was left out cannot come later.
   */
  'firstPosition': (number);
}
