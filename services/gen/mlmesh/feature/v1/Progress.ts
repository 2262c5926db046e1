// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * How far a long call is.
 */
export interface Progress {
  /**
   * What is being done, for people.
   */
  'stage'?: (string);
  /**
   * Units done.
   */
  'done'?: (number | string);
  /**
   * Units in all; 0 when unknown.
   */
  'total'?: (number | string);
}

/**
 * How far a long call is.
 */
export interface Progress__Output {
  /**
   * What is being done, for people.
   */
  'stage': (string);
  /**
   * Units done.
   */
  'done': (number);
  /**
   * Units in all; 0 when unknown.
   */
  'total': (number);
}
