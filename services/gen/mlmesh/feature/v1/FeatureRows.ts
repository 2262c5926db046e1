// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * Feature values of some rows, columnar. Only the columns that come from views; request-time features are the caller's.
 */
export interface FeatureRows {
  /**
   * float64 little-endian, row-major: rows x view columns; the default stands where the status is not present.
   */
  'values'?: (Buffer | Uint8Array | string);
  /**
   * One byte a value, as FeatureStatus less one.
   */
  'statuses'?: (Buffer | Uint8Array | string);
  /**
   * Log offset L that all rows of this answer have seen.
   */
  'logOffset'?: (number | string);
  /**
   * Rows.
   */
  'rows'?: (number);
}

/**
 * Feature values of some rows, columnar. Only the columns that come from views; request-time features are the caller's.
 */
export interface FeatureRows__Output {
  /**
   * float64 little-endian, row-major: rows x view columns; the default stands where the status is not present.
   */
  'values': (Buffer);
  /**
   * One byte a value, as FeatureStatus less one.
   */
  'statuses': (Buffer);
  /**
   * Log offset L that all rows of this answer have seen.
   */
  'logOffset': (number);
  /**
   * Rows.
   */
  'rows': (number);
}
