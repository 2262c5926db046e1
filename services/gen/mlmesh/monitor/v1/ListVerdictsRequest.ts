// Original file: proto/mlmesh/monitor/v1/judge.proto


/**
 * Asks for verdicts.
 */
export interface ListVerdictsRequest {
  /**
   * Name of the model; empty means all.
   */
  'model'?: (string);
  /**
   * At most so many, 1 to 1,000; 0 means 20.
   */
  'verdictsMax'?: (number);
}

/**
 * Asks for verdicts.
 */
export interface ListVerdictsRequest__Output {
  /**
   * Name of the model; empty means all.
   */
  'model': (string);
  /**
   * At most so many, 1 to 1,000; 0 means 20.
   */
  'verdictsMax': (number);
}
