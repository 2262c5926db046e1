// Original file: proto/mlmesh/monitor/v1/alert.proto


/**
 * Asks to end a silence.
 */
export interface EndSilenceRequest {
  /**
   * Its id.
   */
  'silenceId'?: (string);
}

/**
 * Asks to end a silence.
 */
export interface EndSilenceRequest__Output {
  /**
   * Its id.
   */
  'silenceId': (string);
}
