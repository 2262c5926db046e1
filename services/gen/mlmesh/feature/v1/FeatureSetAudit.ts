// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * What an audit found of one feature set.
 */
export interface FeatureSetAudit {
  /**
   * Name: the model whose inputs it holds.
   */
  'featureSet'?: (string);
  /**
   * Answers that were computed again.
   */
  'answers'?: (number | string);
  /**
   * Cells whose value or status differs.
   */
  'mismatches'?: (number | string);
}

/**
 * What an audit found of one feature set.
 */
export interface FeatureSetAudit__Output {
  /**
   * Name: the model whose inputs it holds.
   */
  'featureSet': (string);
  /**
   * Answers that were computed again.
   */
  'answers': (number);
  /**
   * Cells whose value or status differs.
   */
  'mismatches': (number);
}
