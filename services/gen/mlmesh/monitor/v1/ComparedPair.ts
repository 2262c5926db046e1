// Original file: proto/mlmesh/monitor/v1/judge.proto


/**
 * One request that a shadow was to answer.
 */
export interface ComparedPair {
  /**
   * Values of the join keys.
   */
  'keys'?: (string)[];
  /**
   * Time of the prediction, milliseconds since the Unix epoch (virtual in a replay).
   */
  'atMs'?: (number | string);
  /**
   * When the monitor took it, milliseconds since the Unix epoch by its own clock.
   */
  'receivedAtMs'?: (number | string);
  /**
   * Score of the shadow; absent where it did not answer.
   */
  'score'?: (number | string);
  /**
   * Why it did not; empty where it answered.
   */
  'failure'?: (string);
  /**
   * How long the shadow took, milliseconds; 0 where it did not answer.
   */
  'latencyMs'?: (number | string);
  /**
   * Score that went to the caller; absent when something else than the baseline gave it.
   */
  'baselineScore'?: (number | string);
  /**
   * How long the baseline took, milliseconds; absent where it did not answer, or that was not measured.
   */
  'baselineMs'?: (number | string);
  /**
   * What really happened; absent while that is not known.
   */
  'label'?: (number | string);
  '_score'?: "score";
  '_baselineScore'?: "baselineScore";
  '_baselineMs'?: "baselineMs";
  '_label'?: "label";
}

/**
 * One request that a shadow was to answer.
 */
export interface ComparedPair__Output {
  /**
   * Values of the join keys.
   */
  'keys': (string)[];
  /**
   * Time of the prediction, milliseconds since the Unix epoch (virtual in a replay).
   */
  'atMs': (number);
  /**
   * When the monitor took it, milliseconds since the Unix epoch by its own clock.
   */
  'receivedAtMs': (number);
  /**
   * Score of the shadow; absent where it did not answer.
   */
  'score'?: (number);
  /**
   * Why it did not; empty where it answered.
   */
  'failure': (string);
  /**
   * How long the shadow took, milliseconds; 0 where it did not answer.
   */
  'latencyMs': (number);
  /**
   * Score that went to the caller; absent when something else than the baseline gave it.
   */
  'baselineScore'?: (number);
  /**
   * How long the baseline took, milliseconds; absent where it did not answer, or that was not measured.
   */
  'baselineMs'?: (number);
  /**
   * What really happened; absent while that is not known.
   */
  'label'?: (number);
  '_score'?: "score";
  '_baselineScore'?: "baselineScore";
  '_baselineMs'?: "baselineMs";
  '_label'?: "label";
}
