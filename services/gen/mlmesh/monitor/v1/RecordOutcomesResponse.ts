// Original file: proto/mlmesh/monitor/v1/monitor_service.proto


/**
 * Says what was recorded.
 */
export interface RecordOutcomesResponse {
  /**
   * Outcomes that were new.
   */
  'recorded'?: (number);
  /**
   * Outcomes that were known.
   */
  'duplicates'?: (number);
}

/**
 * Says what was recorded.
 */
export interface RecordOutcomesResponse__Output {
  /**
   * Outcomes that were new.
   */
  'recorded': (number);
  /**
   * Outcomes that were known.
   */
  'duplicates': (number);
}
