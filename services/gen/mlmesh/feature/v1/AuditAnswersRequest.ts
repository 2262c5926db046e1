// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * Asks to audit the newest answers of the log of answers.
 */
export interface AuditAnswersRequest {
  /**
   * Only answers of this feature set: its hash, 64 hexadecimal digits; empty means all.
   */
  'featureSetHash'?: (string);
  /**
   * At most so many answers, the newest; 0 means all that are kept.
   */
  'limit'?: (number | string);
  /**
   * Only answers whose time t is at or after this, milliseconds since the Unix epoch; absent means all.
   */
  'sinceMs'?: (number | string);
  /**
   * Only answers that were logged after the one with this number; 0 means all. See last_answer of AuditSummary.
   */
  'afterAnswer'?: (number | string);
  /**
   * At most so many mismatches in detail, 0 to 100.
   */
  'examplesMax'?: (number);
  '_sinceMs'?: "sinceMs";
}

/**
 * Asks to audit the newest answers of the log of answers.
 */
export interface AuditAnswersRequest__Output {
  /**
   * Only answers of this feature set: its hash, 64 hexadecimal digits; empty means all.
   */
  'featureSetHash': (string);
  /**
   * At most so many answers, the newest; 0 means all that are kept.
   */
  'limit': (number);
  /**
   * Only answers whose time t is at or after this, milliseconds since the Unix epoch; absent means all.
   */
  'sinceMs'?: (number);
  /**
   * Only answers that were logged after the one with this number; 0 means all. See last_answer of AuditSummary.
   */
  'afterAnswer': (number);
  /**
   * At most so many mismatches in detail, 0 to 100.
   */
  'examplesMax': (number);
  '_sinceMs'?: "sinceMs";
}
