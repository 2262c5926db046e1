// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * What a column of the input is bound to.
 */
export interface ColumnBinding {
  /**
   * Name of the column: that of a feature, a request feature or a derived feature.
   */
  'name'?: (string);
  /**
   * `feature`, `request` or `derived`.
   */
  'kind'?: (string);
  /**
   * SHA-256 of its definition, 64 hexadecimal digits.
   */
  'definitionHash'?: (string);
}

/**
 * What a column of the input is bound to.
 */
export interface ColumnBinding__Output {
  /**
   * Name of the column: that of a feature, a request feature or a derived feature.
   */
  'name': (string);
  /**
   * `feature`, `request` or `derived`.
   */
  'kind': (string);
  /**
   * SHA-256 of its definition, 64 hexadecimal digits.
   */
  'definitionHash': (string);
}
