// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks for events of the log.
 */
export interface HistoryRequest {
  /**
   * Name of the model; empty means all.
   */
  'model'?: (string);
  /**
   * First sequence, from 1; 0 means 1.
   */
  'fromSequence'?: (number | string);
  /**
   * At most so many, 1 to 1,000; 0 means 1,000. An answer has fewer where they would take more than 1 MiB, and none behind the end of
   * the log: ask again from the last sequence on.
   */
  'eventsMax'?: (number);
}

/**
 * Asks for events of the log.
 */
export interface HistoryRequest__Output {
  /**
   * Name of the model; empty means all.
   */
  'model': (string);
  /**
   * First sequence, from 1; 0 means 1.
   */
  'fromSequence': (number);
  /**
   * At most so many, 1 to 1,000; 0 means 1,000. An answer has fewer where they would take more than 1 MiB, and none behind the end of
   * the log: ask again from the last sequence on.
   */
  'eventsMax': (number);
}
