// Original file: proto/mlmesh/monitor/v1/monitor_service.proto


/**
 * One span of a waterfall.
 */
export interface TraceSpan {
  /**
   * Trace, 32 hexadecimal digits: the one asked for, or a linked one.
   */
  'traceId'?: (string);
  /**
   * Span, 16 hexadecimal digits.
   */
  'spanId'?: (string);
  /**
   * Parent, 16 hexadecimal digits; empty for a root.
   */
  'parentSpanId'?: (string);
  /**
   * What was done.
   */
  'name'?: (string);
  /**
   * Service that did it.
   */
  'service'?: (string);
  /**
   * Process id on its host.
   */
  'processId'?: (number);
  /**
   * Thread within the process; 0 is the main one.
   */
  'threadId'?: (number);
  /**
   * Begin, milliseconds since the Unix epoch, fractional.
   */
  'startMs'?: (number | string);
  /**
   * Milliseconds.
   */
  'durationMs'?: (number | string);
  /**
   * Levels below the root of the waterfall, from 0.
   */
  'depth'?: (number);
  /**
   * Whether it hangs here by a link rather than as a child.
   */
  'isLinked'?: (boolean);
  /**
   * Whether it ended in an error.
   */
  'isError'?: (boolean);
  /**
   * Attributes, as text.
   */
  'attributes'?: ({[key: string]: string});
}

/**
 * One span of a waterfall.
 */
export interface TraceSpan__Output {
  /**
   * Trace, 32 hexadecimal digits: the one asked for, or a linked one.
   */
  'traceId': (string);
  /**
   * Span, 16 hexadecimal digits.
   */
  'spanId': (string);
  /**
   * Parent, 16 hexadecimal digits; empty for a root.
   */
  'parentSpanId': (string);
  /**
   * What was done.
   */
  'name': (string);
  /**
   * Service that did it.
   */
  'service': (string);
  /**
   * Process id on its host.
   */
  'processId': (number);
  /**
   * Thread within the process; 0 is the main one.
   */
  'threadId': (number);
  /**
   * Begin, milliseconds since the Unix epoch, fractional.
   */
  'startMs': (number);
  /**
   * Milliseconds.
   */
  'durationMs': (number);
  /**
   * Levels below the root of the waterfall, from 0.
   */
  'depth': (number);
  /**
   * Whether it hangs here by a link rather than as a child.
   */
  'isLinked': (boolean);
  /**
   * Whether it ended in an error.
   */
  'isError': (boolean);
  /**
   * Attributes, as text.
   */
  'attributes': ({[key: string]: string});
}
