// Original file: proto/mlmesh/common/v1/value.proto


/**
 * The stamp of a feature vector: what is needed to compute it again, bit for bit.
 */
export interface FeatureStamp {
  /**
   * Time t of the vector, milliseconds since the Unix epoch: windows are [t - W, t).
   */
  'atMs'?: (number | string);
  /**
   * Log offset L: events with sequence 1 to L had been applied. Decimal integer below 2^53.
   */
  'logOffset'?: (number | string);
  /**
   * Hash of the feature set, 64 hexadecimal digits: the definitions of the vector's columns, in order.
   */
  'featureSetHash'?: (string);
}

/**
 * The stamp of a feature vector: what is needed to compute it again, bit for bit.
 */
export interface FeatureStamp__Output {
  /**
   * Time t of the vector, milliseconds since the Unix epoch: windows are [t - W, t).
   */
  'atMs': (number);
  /**
   * Log offset L: events with sequence 1 to L had been applied. Decimal integer below 2^53.
   */
  'logOffset': (number);
  /**
   * Hash of the feature set, 64 hexadecimal digits: the definitions of the vector's columns, in order.
   */
  'featureSetHash': (string);
}
