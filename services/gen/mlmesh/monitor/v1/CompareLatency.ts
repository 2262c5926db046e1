// Original file: proto/mlmesh/monitor/v1/judge.proto


/**
 * A quantile of the times of both versions.
 */
export interface CompareLatency {
  /**
   * Which, 0 to 1.
   */
  'share'?: (number | string);
  /**
   * Milliseconds of the shadow's calls.
   */
  'shadowMs'?: (number | string);
  /**
   * Milliseconds of the baseline's calls on the same requests; 0 where they were not measured.
   */
  'baselineMs'?: (number | string);
}

/**
 * A quantile of the times of both versions.
 */
export interface CompareLatency__Output {
  /**
   * Which, 0 to 1.
   */
  'share': (number);
  /**
   * Milliseconds of the shadow's calls.
   */
  'shadowMs': (number);
  /**
   * Milliseconds of the baseline's calls on the same requests; 0 where they were not measured.
   */
  'baselineMs': (number);
}
