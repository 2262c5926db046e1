// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * What a version was trained on.
 */
export interface TrainingData {
  /**
   * SHA-256 of the canonical rows, 64 hexadecimal digits.
   */
  'dataHash'?: (string);
  /**
   * Rows.
   */
  'rows'?: (number | string);
  /**
   * First time of an example, milliseconds since the Unix epoch.
   */
  'fromMs'?: (number | string);
  /**
   * End of the interval, not included.
   */
  'untilMs'?: (number | string);
  /**
   * Log offset up to which events were seen.
   */
  'logOffset'?: (number | string);
  /**
   * Hash of each column's definition, in order.
   */
  'definitionHashes'?: (string)[];
  /**
   * Seed of the choice of rows.
   */
  'seed'?: (number);
}

/**
 * What a version was trained on.
 */
export interface TrainingData__Output {
  /**
   * SHA-256 of the canonical rows, 64 hexadecimal digits.
   */
  'dataHash': (string);
  /**
   * Rows.
   */
  'rows': (number);
  /**
   * First time of an example, milliseconds since the Unix epoch.
   */
  'fromMs': (number);
  /**
   * End of the interval, not included.
   */
  'untilMs': (number);
  /**
   * Log offset up to which events were seen.
   */
  'logOffset': (number);
  /**
   * Hash of each column's definition, in order.
   */
  'definitionHashes': (string)[];
  /**
   * Seed of the choice of rows.
   */
  'seed': (number);
}
