// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * Says what was erased.
 */
export interface DeleteEntityResponse {
  /**
   * Events of the log that are gone.
   */
  'logEvents'?: (number | string);
  /**
   * Events of imported files that are left out from now on, and gone when their file is rewritten.
   */
  'historyEvents'?: (number | string);
  /**
   * States that are gone: one for each view that had one of the entity.
   */
  'statesRemoved'?: (number);
  /**
   * States of other entities that shared events with it, and were computed again.
   */
  'statesRecomputed'?: (number);
  /**
   * Log offset of the deletion, which is itself a record of the log; 0 when there was nothing to erase.
   */
  'logOffset'?: (number | string);
}

/**
 * Says what was erased.
 */
export interface DeleteEntityResponse__Output {
  /**
   * Events of the log that are gone.
   */
  'logEvents': (number);
  /**
   * Events of imported files that are left out from now on, and gone when their file is rewritten.
   */
  'historyEvents': (number);
  /**
   * States that are gone: one for each view that had one of the entity.
   */
  'statesRemoved': (number);
  /**
   * States of other entities that shared events with it, and were computed again.
   */
  'statesRecomputed': (number);
  /**
   * Log offset of the deletion, which is itself a record of the log; 0 when there was nothing to erase.
   */
  'logOffset': (number);
}
