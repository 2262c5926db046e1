// Original file: proto/mlmesh/monitor/v1/drift.proto


/**
 * Asks what a version brought to the business.
 */
export interface GetLiftRequest {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Version; 0 means the newest that was to answer callers.
   */
  'version'?: (number);
  /**
   * Whether the newest look that the monitor took anyway will do, as `as_of_ms` says: it costs nothing, where a new look reads the log. Of version 0 only; a look at another is always new.
   */
  'isLatestEnough'?: (boolean);
}

/**
 * Asks what a version brought to the business.
 */
export interface GetLiftRequest__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Version; 0 means the newest that was to answer callers.
   */
  'version': (number);
  /**
   * Whether the newest look that the monitor took anyway will do, as `as_of_ms` says: it costs nothing, where a new look reads the log. Of version 0 only; a look at another is always new.
   */
  'isLatestEnough': (boolean);
}
