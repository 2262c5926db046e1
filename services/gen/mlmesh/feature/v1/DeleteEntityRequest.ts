// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * Asks to erase an entity.
 */
export interface DeleteEntityRequest {
  /**
   * Name of the entity, such as `airport`.
   */
  'entity'?: (string);
  /**
   * The key: a value for each part, by the name of the part's entity, or by one of the columns that hold it.
   */
  'keys'?: ({[key: string]: string});
  /**
   * Why, for the record; 1 to 512 characters. It is kept.
   */
  'reason'?: (string);
}

/**
 * Asks to erase an entity.
 */
export interface DeleteEntityRequest__Output {
  /**
   * Name of the entity, such as `airport`.
   */
  'entity': (string);
  /**
   * The key: a value for each part, by the name of the part's entity, or by one of the columns that hold it.
   */
  'keys': ({[key: string]: string});
  /**
   * Why, for the record; 1 to 512 characters. It is kept.
   */
  'reason': (string);
}
