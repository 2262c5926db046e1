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
   * Name: production, previous, canary, fallback, shadow, or shadow- and a label of 1 to 32 lower-case letters, digits and dashes.
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
   * Whether its version came before callers, as production or canary, although the checklist lacked something; a rollback that brings it back keeps the mark.
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
   * Name: production, previous, canary, fallback, shadow, or shadow- and a label of 1 to 32 lower-case letters, digits and dashes.
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
   * Whether its version came before callers, as production or canary, although the checklist lacked something; a rollback that brings it back keeps the mark.
   */
  'isForced': (boolean);
}
