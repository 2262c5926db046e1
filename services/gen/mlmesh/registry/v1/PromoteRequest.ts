// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks to move an alias.
 */
export interface PromoteRequest {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Alias: production, canary, fallback, shadow, or shadow- and a label; at most 8 shadows.
   */
  'alias'?: (string);
  /**
   * Version that it is to point to.
   */
  'version'?: (number);
  /**
   * Generation that the caller has seen; 0 when the alias is not there yet. -1 moves it whatever it is.
   */
  'expectedGeneration'?: (number | string);
  /**
   * Why, for the record; 1 to 500 characters.
   */
  'reason'?: (string);
  /**
   * Whether `production` or `canary` moves although the checklist lacks something; stays on record.
   */
  'isForced'?: (boolean);
}

/**
 * Asks to move an alias.
 */
export interface PromoteRequest__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Alias: production, canary, fallback, shadow, or shadow- and a label; at most 8 shadows.
   */
  'alias': (string);
  /**
   * Version that it is to point to.
   */
  'version': (number);
  /**
   * Generation that the caller has seen; 0 when the alias is not there yet. -1 moves it whatever it is.
   */
  'expectedGeneration': (number);
  /**
   * Why, for the record; 1 to 500 characters.
   */
  'reason': (string);
  /**
   * Whether `production` or `canary` moves although the checklist lacks something; stays on record.
   */
  'isForced': (boolean);
}
