// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * What a version needs to run.
 */
export interface ResourceRequirements {
  /**
   * Bytes of memory for one session, an upper bound.
   */
  'memoryBytes'?: (number | string);
  /**
   * Threads of one session, from 1.
   */
  'threads'?: (number);
}

/**
 * What a version needs to run.
 */
export interface ResourceRequirements__Output {
  /**
   * Bytes of memory for one session, an upper bound.
   */
  'memoryBytes': (number);
  /**
   * Threads of one session, from 1.
   */
  'threads': (number);
}
