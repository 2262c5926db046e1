// Original file: proto/mlmesh/monitor/v1/judge.proto


/**
 * Asks how a verdict came to be.
 */
export interface ExplainVerdictRequest {
  /**
   * Which.
   */
  'verdictId'?: (string);
}

/**
 * Asks how a verdict came to be.
 */
export interface ExplainVerdictRequest__Output {
  /**
   * Which.
   */
  'verdictId': (string);
}
