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
  /**
   * Version of the arithmetic that computed the values, from 1; part of every definition's hash. With time t, the log offset, the
   * hash of the feature set and the value hash it is the stamp of an answer: what it takes to compute the answer again and compare.
   */
  'computeVersion'?: (number);
  /**
   * Hash of the bits of each row's values and statuses; rows x 8 bytes. See services/shared/compute/value-hash.ts.
   */
  'valueHashes'?: (Buffer | Uint8Array | string);
  /**
   * Where the query asked for them: for each value the time of its entity's newest event before the end of its window (t, less the
   * delay where there is one), float64 little-endian, milliseconds since the Unix epoch, NaN where there is none; rows x view columns.
   */
  'eventTimes'?: (Buffer | Uint8Array | string);
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
  /**
   * Version of the arithmetic that computed the values, from 1; part of every definition's hash. With time t, the log offset, the
   * hash of the feature set and the value hash it is the stamp of an answer: what it takes to compute the answer again and compare.
   */
  'computeVersion': (number);
  /**
   * Hash of the bits of each row's values and statuses; rows x 8 bytes. See services/shared/compute/value-hash.ts.
   */
  'valueHashes': (Buffer);
  /**
   * Where the query asked for them: for each value the time of its entity's newest event before the end of its window (t, less the
   * delay where there is one), float64 little-endian, milliseconds since the Unix epoch, NaN where there is none; rows x view columns.
   */
  'eventTimes': (Buffer);
}
