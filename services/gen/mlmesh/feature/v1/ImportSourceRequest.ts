// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * Asks to import the file of a source.
 */
export interface ImportSourceRequest {
  /**
   * Name of the source.
   */
  'source'?: (string);
  /**
   * Events that are visible before this time become history: milliseconds since the Unix epoch. A history that is there
   * already stays as it is: a later time changes nothing, an earlier one is refused.
   */
  'untilMs'?: (number | string);
}

/**
 * Asks to import the file of a source.
 */
export interface ImportSourceRequest__Output {
  /**
   * Name of the source.
   */
  'source': (string);
  /**
   * Events that are visible before this time become history: milliseconds since the Unix epoch. A history that is there
   * already stays as it is: a later time changes nothing, an earlier one is refused.
   */
  'untilMs': (number);
}
