// Original file: proto/mlmesh/monitor/v1/drift.proto


/**
 * Asks how far the columns of a version are from its reference.
 */
export interface GetDriftRequest {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Version; 0 means the one that answered most in the newest window.
   */
  'version'?: (number);
  /**
   * The newest window that ended by then, milliseconds since the Unix epoch (virtual in a replay); 0 means the newest.
   */
  'untilMs'?: (number | string);
  /**
   * Whether the window that is still open is wanted: what it has so far is measured and not judged.
   */
  'isOpen'?: (boolean);
}

/**
 * Asks how far the columns of a version are from its reference.
 */
export interface GetDriftRequest__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Version; 0 means the one that answered most in the newest window.
   */
  'version': (number);
  /**
   * The newest window that ended by then, milliseconds since the Unix epoch (virtual in a replay); 0 means the newest.
   */
  'untilMs': (number);
  /**
   * Whether the window that is still open is wanted: what it has so far is measured and not judged.
   */
  'isOpen': (boolean);
}
