// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * Says that a batch is durable.
 */
export interface IngestResponse {
  /**
   * Which batch.
   */
  'batchId'?: (number);
  /**
   * Events that were new.
   */
  'appended'?: (number);
  /**
   * Events that were dropped, since their id was known.
   */
  'duplicates'?: (number);
  /**
   * Log offset after the batch.
   */
  'logOffset'?: (number | string);
  /**
   * Events that came too late for the policy of their source: they are in the log, marked as dropped, and count for nothing.
   */
  'lateDropped'?: (number);
  /**
   * Events among `appended` that are older than one before them in the log.
   */
  'lateAccepted'?: (number);
}

/**
 * Says that a batch is durable.
 */
export interface IngestResponse__Output {
  /**
   * Which batch.
   */
  'batchId': (number);
  /**
   * Events that were new.
   */
  'appended': (number);
  /**
   * Events that were dropped, since their id was known.
   */
  'duplicates': (number);
  /**
   * Log offset after the batch.
   */
  'logOffset': (number);
  /**
   * Events that came too late for the policy of their source: they are in the log, marked as dropped, and count for nothing.
   */
  'lateDropped': (number);
  /**
   * Events among `appended` that are older than one before them in the log.
   */
  'lateAccepted': (number);
}
