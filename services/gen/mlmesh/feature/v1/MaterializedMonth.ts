// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * One month of a grid.
 */
export interface MaterializedMonth {
  /**
   * Such as `2001-05`, in UTC.
   */
  'month'?: (string);
  /**
   * Points in [from_ms, until_ms), milliseconds since the Unix epoch: at least what was asked for.
   */
  'fromMs'?: (number | string);
  /**
   * End, not included.
   */
  'untilMs'?: (number | string);
  /**
   * Rows: one for each point and entity with an event before it.
   */
  'rows'?: (number | string);
  /**
   * Log offset that it was computed at: no event after it and up to the log offset of the call changes any of its values.
   */
  'logOffset'?: (number | string);
  /**
   * Whether it was made by this call; false when it was there.
   */
  'isMade'?: (boolean);
}

/**
 * One month of a grid.
 */
export interface MaterializedMonth__Output {
  /**
   * Such as `2001-05`, in UTC.
   */
  'month': (string);
  /**
   * Points in [from_ms, until_ms), milliseconds since the Unix epoch: at least what was asked for.
   */
  'fromMs': (number);
  /**
   * End, not included.
   */
  'untilMs': (number);
  /**
   * Rows: one for each point and entity with an event before it.
   */
  'rows': (number);
  /**
   * Log offset that it was computed at: no event after it and up to the log offset of the call changes any of its values.
   */
  'logOffset': (number);
  /**
   * Whether it was made by this call; false when it was there.
   */
  'isMade': (boolean);
}
