// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * Asks to serve an earlier feature set no more.
 */
export interface RetireFeatureSetRequest {
  /**
   * Its hash, 64 hexadecimal digits.
   */
  'featureSetHash'?: (string);
}

/**
 * Asks to serve an earlier feature set no more.
 */
export interface RetireFeatureSetRequest__Output {
  /**
   * Its hash, 64 hexadecimal digits.
   */
  'featureSetHash': (string);
}
