// Original file: proto/mlmesh/monitor/v1/drift.proto


/**
 * One way in which a column drifts.
 */
export interface DriftingAspect {
  /**
   * `distribution`, `missing` or `unseen`.
   */
  'aspect'?: (string);
  /**
   * End of the window that raised it, milliseconds since the Unix epoch (virtual in a replay).
   */
  'sinceMs'?: (number | string);
}

/**
 * One way in which a column drifts.
 */
export interface DriftingAspect__Output {
  /**
   * `distribution`, `missing` or `unseen`.
   */
  'aspect': (string);
  /**
   * End of the window that raised it, milliseconds since the Unix epoch (virtual in a replay).
   */
  'sinceMs': (number);
}
