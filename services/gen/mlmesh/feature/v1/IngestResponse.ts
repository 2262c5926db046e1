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
}
