// Original file: proto/mlmesh/monitor/v1/drift.proto


/**
 * Asks how good the answers of a version were.
 */
export interface GetQualityRequest {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Version; 0 means the newest that was to answer callers.
   */
  'version'?: (number);
  /**
   * The newest answers with an outcome that are looked at, 1 to 50,000; 0 means 20,000.
   */
  'labelledMax'?: (number);
}

/**
 * Asks how good the answers of a version were.
 */
export interface GetQualityRequest__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Version; 0 means the newest that was to answer callers.
   */
  'version': (number);
  /**
   * The newest answers with an outcome that are looked at, 1 to 50,000; 0 means 20,000.
   */
  'labelledMax': (number);
}
