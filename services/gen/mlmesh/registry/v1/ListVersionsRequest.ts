// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks for the versions of a model.
 */
export interface ListVersionsRequest {
  /**
   * Name of the model; empty means all.
   */
  'model'?: (string);
  /**
   * Time at which versions and aliases are asked for, whole milliseconds since the Unix epoch; 0 means now.
   */
  'atMs'?: (number | string);
  /**
   * At most so many versions, 1 to 1,000; 0 means 1,000. A page is shorter where its versions would take more than 1 MiB.
   */
  'versionsMax'?: (number);
  /**
   * Where the page begins: `next_page` of the one before; empty means the first.
   */
  'page'?: (string);
  /**
   * Whether versions that no alias points to are left out.
   */
  'isAliasedOnly'?: (boolean);
}

/**
 * Asks for the versions of a model.
 */
export interface ListVersionsRequest__Output {
  /**
   * Name of the model; empty means all.
   */
  'model': (string);
  /**
   * Time at which versions and aliases are asked for, whole milliseconds since the Unix epoch; 0 means now.
   */
  'atMs': (number);
  /**
   * At most so many versions, 1 to 1,000; 0 means 1,000. A page is shorter where its versions would take more than 1 MiB.
   */
  'versionsMax': (number);
  /**
   * Where the page begins: `next_page` of the one before; empty means the first.
   */
  'page': (string);
  /**
   * Whether versions that no alias points to are left out.
   */
  'isAliasedOnly': (boolean);
}
