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
}
