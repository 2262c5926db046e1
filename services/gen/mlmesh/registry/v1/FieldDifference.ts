// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * A field in which two versions differ.
 */
export interface FieldDifference {
  /**
   * Path of the field, such as training_data.rows.
   */
  'path'?: (string);
  /**
   * Value on the left as JSON; empty when it is missing.
   */
  'leftJson'?: (string);
  /**
   * Value on the right as JSON; empty when it is missing.
   */
  'rightJson'?: (string);
}

/**
 * A field in which two versions differ.
 */
export interface FieldDifference__Output {
  /**
   * Path of the field, such as training_data.rows.
   */
  'path': (string);
  /**
   * Value on the left as JSON; empty when it is missing.
   */
  'leftJson': (string);
  /**
   * Value on the right as JSON; empty when it is missing.
   */
  'rightJson': (string);
}
