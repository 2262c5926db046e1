// Original file: proto/mlmesh/monitor/v1/monitor_service.proto


/**
 * Asks which traces are kept.
 */
export interface ListTracesRequest {
  /**
   * At most so many, 1 to 1,000; 0 means 20.
   */
  'tracesMax'?: (number);
  /**
   * Only those whose root has this name; empty means all.
   */
  'rootName'?: (string);
}

/**
 * Asks which traces are kept.
 */
export interface ListTracesRequest__Output {
  /**
   * At most so many, 1 to 1,000; 0 means 20.
   */
  'tracesMax': (number);
  /**
   * Only those whose root has this name; empty means all.
   */
  'rootName': (string);
}
