// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * One event in the explanation of a value.
 */
export interface ExplainedEvent {
  /**
   * Visible time, milliseconds since the Unix epoch.
   */
  'atMs'?: (number | string);
  /**
   * Position in the log, from 1.
   */
  'seq'?: (number | string);
  /**
   * What it contributes; NaN when it does not count.
   */
  'value'?: (number | string);
  /**
   * Whether it lies in the window.
   */
  'isInWindow'?: (boolean);
  /**
   * Whether the log held it at L.
   */
  'isSeen'?: (boolean);
  /**
   * Whether it came after an event that is visible later.
   */
  'isLate'?: (boolean);
  /**
   * Whether it is of the imported history; otherwise it was ingested.
   */
  'isHistory'?: (boolean);
}

/**
 * One event in the explanation of a value.
 */
export interface ExplainedEvent__Output {
  /**
   * Visible time, milliseconds since the Unix epoch.
   */
  'atMs': (number);
  /**
   * Position in the log, from 1.
   */
  'seq': (number);
  /**
   * What it contributes; NaN when it does not count.
   */
  'value': (number);
  /**
   * Whether it lies in the window.
   */
  'isInWindow': (boolean);
  /**
   * Whether the log held it at L.
   */
  'isSeen': (boolean);
  /**
   * Whether it came after an event that is visible later.
   */
  'isLate': (boolean);
  /**
   * Whether it is of the imported history; otherwise it was ingested.
   */
  'isHistory': (boolean);
}
