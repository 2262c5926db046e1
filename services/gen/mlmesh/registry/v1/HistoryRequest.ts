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
   * At most so many, 1 to 1,000; 0 means 1,000.
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
   * At most so many, 1 to 1,000; 0 means 1,000.
   */
  'eventsMax': (number);
}
