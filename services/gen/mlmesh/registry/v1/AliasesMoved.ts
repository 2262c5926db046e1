// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { Alias as _mlmesh_registry_v1_Alias, Alias__Output as _mlmesh_registry_v1_Alias__Output } from '../../../mlmesh/registry/v1/Alias.ts';

/**
 * Aliases moved together.
 */
export interface AliasesMoved {
  /**
   * Where they point now.
   */
  'aliases'?: (_mlmesh_registry_v1_Alias)[];
  /**
   * Why.
   */
  'reason'?: (string);
  /**
   * Whether it was a rollback.
   */
  'isRollback'?: (boolean);
  /**
   * Kinds of evidence that were missing when `production` or `canary` was moved all the same; empty when nothing was forced.
   */
  'forcedPast'?: (string)[];
}

/**
 * Aliases moved together.
 */
export interface AliasesMoved__Output {
  /**
   * Where they point now.
   */
  'aliases': (_mlmesh_registry_v1_Alias__Output)[];
  /**
   * Why.
   */
  'reason': (string);
  /**
   * Whether it was a rollback.
   */
  'isRollback': (boolean);
  /**
   * Kinds of evidence that were missing when `production` or `canary` was moved all the same; empty when nothing was forced.
   */
  'forcedPast': (string)[];
}
