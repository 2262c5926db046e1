// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * Rows of one feature set, columnar: what GetOnlineFeatures, StreamOnlineFeatures and Recompute ask for.
 */
export interface FeatureQuery {
  /**
   * Hash of the feature set, 64 hexadecimal digits.
   */
  'featureSetHash'?: (string);
  /**
   * Rows, 1 to 1,024.
   */
  'rows'?: (number);
  /**
   * Entity keys, row-major: rows x join keys, in the order of the feature set's join keys.
   */
  'keys'?: (string)[];
  /**
   * Time t of each row: float64 little-endian, milliseconds since the Unix epoch; rows x 8 bytes.
   */
  'atMs'?: (Buffer | Uint8Array | string);
  /**
   * Whether the answer says how old its values are: event_times of FeatureRows.
   */
  'withEventTimes'?: (boolean);
}

/**
 * Rows of one feature set, columnar: what GetOnlineFeatures, StreamOnlineFeatures and Recompute ask for.
 */
export interface FeatureQuery__Output {
  /**
   * Hash of the feature set, 64 hexadecimal digits.
   */
  'featureSetHash': (string);
  /**
   * Rows, 1 to 1,024.
   */
  'rows': (number);
  /**
   * Entity keys, row-major: rows x join keys, in the order of the feature set's join keys.
   */
  'keys': (string)[];
  /**
   * Time t of each row: float64 little-endian, milliseconds since the Unix epoch; rows x 8 bytes.
   */
  'atMs': (Buffer);
  /**
   * Whether the answer says how old its values are: event_times of FeatureRows.
   */
  'withEventTimes': (boolean);
}
