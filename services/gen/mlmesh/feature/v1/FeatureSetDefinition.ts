// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * One feature set.
 */
export interface FeatureSetDefinition {
  /**
   * Model whose inputs it names.
   */
  'model'?: (string);
  /**
   * Hash, 64 hexadecimal digits.
   */
  'hash'?: (string);
  /**
   * Names of its columns, in order.
   */
  'columns'?: (string)[];
  /**
   * Names of its join keys, in order.
   */
  'joinKeys'?: (string)[];
}

/**
 * One feature set.
 */
export interface FeatureSetDefinition__Output {
  /**
   * Model whose inputs it names.
   */
  'model': (string);
  /**
   * Hash, 64 hexadecimal digits.
   */
  'hash': (string);
  /**
   * Names of its columns, in order.
   */
  'columns': (string)[];
  /**
   * Names of its join keys, in order.
   */
  'joinKeys': (string)[];
}
