// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * Asks for a feature set.
 */
export interface GetFeatureSetRequest {
  /**
   * Its hash, 64 hexadecimal digits.
   */
  'featureSetHash'?: (string);
}

/**
 * Asks for a feature set.
 */
export interface GetFeatureSetRequest__Output {
  /**
   * Its hash, 64 hexadecimal digits.
   */
  'featureSetHash': (string);
}
