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
  /**
   * Whether it is of an earlier mesh file, and served beside what that model or feature service has now.
   */
  'isEarlier'?: (boolean);
  /**
   * When it was served first, milliseconds since the Unix epoch.
   */
  'firstServedMs'?: (number | string);
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
  /**
   * Whether it is of an earlier mesh file, and served beside what that model or feature service has now.
   */
  'isEarlier': (boolean);
  /**
   * When it was served first, milliseconds since the Unix epoch.
   */
  'firstServedMs': (number);
}
