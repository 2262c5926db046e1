// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks to go back to the previous version.
 */
export interface RollbackRequest {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Why, for the record; 1 to 500 characters.
   */
  'reason'?: (string);
  /**
   * Version that is to leave production; 0 means whichever is there. Where it has left already, by a rollback, nothing changes; where
   * another promotion has replaced it, the call fails.
   */
  'fromVersion'?: (number);
}

/**
 * Asks to go back to the previous version.
 */
export interface RollbackRequest__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Why, for the record; 1 to 500 characters.
   */
  'reason': (string);
  /**
   * Version that is to leave production; 0 means whichever is there. Where it has left already, by a rollback, nothing changes; where
   * another promotion has replaced it, the call fails.
   */
  'fromVersion': (number);
}
