// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { Alias as _mlmesh_registry_v1_Alias, Alias__Output as _mlmesh_registry_v1_Alias__Output } from '../../../mlmesh/registry/v1/Alias.ts';

/**
 * The aliases after the rollback.
 */
export interface RollbackResponse {
  /**
   * The aliases that moved.
   */
  'aliases'?: (_mlmesh_registry_v1_Alias)[];
  /**
   * Sequence of the event in the log.
   */
  'sequence'?: (number | string);
}

/**
 * The aliases after the rollback.
 */
export interface RollbackResponse__Output {
  /**
   * The aliases that moved.
   */
  'aliases': (_mlmesh_registry_v1_Alias__Output)[];
  /**
   * Sequence of the event in the log.
   */
  'sequence': (number);
}
