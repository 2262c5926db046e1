// Original file: proto/mlmesh/monitor/v1/monitor_service.proto


/**
 * One kept trace.
 */
export interface TraceSummary {
  /**
   * Trace, 32 hexadecimal digits.
   */
  'traceId'?: (string);
  /**
   * Name of its root, as far as it has come.
   */
  'rootName'?: (string);
  /**
   * Begin, milliseconds since the Unix epoch.
   */
  'startMs'?: (number | string);
  /**
   * Milliseconds from the first begin to the last end.
   */
  'durationMs'?: (number | string);
  /**
   * Spans.
   */
  'spans'?: (number);
  /**
   * Processes that took part.
   */
  'processes'?: (number);
  /**
   * Threads that took part, over all processes.
   */
  'threads'?: (number);
}

/**
 * One kept trace.
 */
export interface TraceSummary__Output {
  /**
   * Trace, 32 hexadecimal digits.
   */
  'traceId': (string);
  /**
   * Name of its root, as far as it has come.
   */
  'rootName': (string);
  /**
   * Begin, milliseconds since the Unix epoch.
   */
  'startMs': (number);
  /**
   * Milliseconds from the first begin to the last end.
   */
  'durationMs': (number);
  /**
   * Spans.
   */
  'spans': (number);
  /**
   * Processes that took part.
   */
  'processes': (number);
  /**
   * Threads that took part, over all processes.
   */
  'threads': (number);
}
