// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * One view.
 */
export interface ViewDefinition {
  /**
   * Id, such as `flights/origin`.
   */
  'id'?: (string);
  /**
   * Entities with state.
   */
  'entities'?: (number | string);
  /**
   * Time of the newest event, milliseconds since the Unix epoch; 0 when there is none.
   */
  'newestEventMs'?: (number | string);
  /**
   * Version of the view: the first 12 hexadecimal digits of the hash of what its states depend on.
   */
  'version'?: (string);
  /**
   * Whether only earlier feature sets read it.
   */
  'isEarlier'?: (boolean);
}

/**
 * One view.
 */
export interface ViewDefinition__Output {
  /**
   * Id, such as `flights/origin`.
   */
  'id': (string);
  /**
   * Entities with state.
   */
  'entities': (number);
  /**
   * Time of the newest event, milliseconds since the Unix epoch; 0 when there is none.
   */
  'newestEventMs': (number);
  /**
   * Version of the view: the first 12 hexadecimal digits of the hash of what its states depend on.
   */
  'version': (string);
  /**
   * Whether only earlier feature sets read it.
   */
  'isEarlier': (boolean);
}
