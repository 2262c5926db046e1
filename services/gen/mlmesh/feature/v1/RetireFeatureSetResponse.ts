// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * Says what is not served any more.
 */
export interface RetireFeatureSetResponse {
  /**
   * Name of the model or feature service that the set was of.
   */
  'name'?: (string);
}

/**
 * Says what is not served any more.
 */
export interface RetireFeatureSetResponse__Output {
  /**
   * Name of the model or feature service that the set was of.
   */
  'name': (string);
}
