// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { Alias as _mlmesh_registry_v1_Alias, Alias__Output as _mlmesh_registry_v1_Alias__Output } from '../../../mlmesh/registry/v1/Alias.ts';

/**
 * A version was marked as bad, or cleared.
 */
export interface VersionQuarantined {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Number of the version.
   */
  'version'?: (number);
  /**
   * Why.
   */
  'reason'?: (string);
  /**
   * Whether it was cleared rather than marked.
   */
  'isCleared'?: (boolean);
  /**
   * The aliases that point nowhere now.
   */
  'aliases'?: (_mlmesh_registry_v1_Alias)[];
}

/**
 * A version was marked as bad, or cleared.
 */
export interface VersionQuarantined__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Number of the version.
   */
  'version': (number);
  /**
   * Why.
   */
  'reason': (string);
  /**
   * Whether it was cleared rather than marked.
   */
  'isCleared': (boolean);
  /**
   * The aliases that point nowhere now.
   */
  'aliases': (_mlmesh_registry_v1_Alias__Output)[];
}
