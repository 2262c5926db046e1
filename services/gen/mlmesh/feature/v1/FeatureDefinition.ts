// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * One feature.
 */
export interface FeatureDefinition {
  /**
   * Name.
   */
  'name'?: (string);
  /**
   * Hash of its plan, 64 hexadecimal digits: the version of the definition.
   */
  'hash'?: (string);
  /**
   * View that computes it; empty for a request-time feature.
   */
  'view'?: (string);
  /**
   * The definition, for people.
   */
  'summary'?: (string);
  /**
   * Whether it is of an earlier mesh file, and only earlier feature sets have it.
   */
  'isEarlier'?: (boolean);
}

/**
 * One feature.
 */
export interface FeatureDefinition__Output {
  /**
   * Name.
   */
  'name': (string);
  /**
   * Hash of its plan, 64 hexadecimal digits: the version of the definition.
   */
  'hash': (string);
  /**
   * View that computes it; empty for a request-time feature.
   */
  'view': (string);
  /**
   * The definition, for people.
   */
  'summary': (string);
  /**
   * Whether it is of an earlier mesh file, and only earlier feature sets have it.
   */
  'isEarlier': (boolean);
}
