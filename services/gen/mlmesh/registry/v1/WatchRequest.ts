// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks to follow the log.
 */
export interface WatchRequest {
  /**
   * First sequence, from 1; 0 means 1.
   */
  'fromSequence'?: (number | string);
}

/**
 * Asks to follow the log.
 */
export interface WatchRequest__Output {
  /**
   * First sequence, from 1; 0 means 1.
   */
  'fromSequence': (number);
}
