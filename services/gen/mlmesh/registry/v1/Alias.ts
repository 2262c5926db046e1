// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * An alias of a model.
 */
export interface Alias {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Name: production, previous, shadow, canary or fallback.
   */
  'alias'?: (string);
  /**
   * Version that it points to; 0 means nowhere, as `previous` does after a rollback.
   */
  'version'?: (number);
  /**
   * Counts the moves of this alias, from 1.
   */
  'generation'?: (number | string);
  /**
   * Whether its version came into production although the checklist lacked something; a rollback that brings it back keeps the mark.
   */
  'isForced'?: (boolean);
}

/**
 * An alias of a model.
 */
export interface Alias__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Name: production, previous, shadow, canary or fallback.
   */
  'alias': (string);
  /**
   * Version that it points to; 0 means nowhere, as `previous` does after a rollback.
   */
  'version': (number);
  /**
   * Counts the moves of this alias, from 1.
   */
  'generation': (number);
  /**
   * Whether its version came into production although the checklist lacked something; a rollback that brings it back keeps the mark.
   */
  'isForced': (boolean);
}
