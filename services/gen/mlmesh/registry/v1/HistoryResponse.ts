// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { RegistryEvent as _mlmesh_registry_v1_RegistryEvent, RegistryEvent__Output as _mlmesh_registry_v1_RegistryEvent__Output } from '../../../mlmesh/registry/v1/RegistryEvent.ts';

/**
 * Gives events of the log.
 */
export interface HistoryResponse {
  /**
   * Oldest first.
   */
  'events'?: (_mlmesh_registry_v1_RegistryEvent)[];
}

/**
 * Gives events of the log.
 */
export interface HistoryResponse__Output {
  /**
   * Oldest first.
   */
  'events': (_mlmesh_registry_v1_RegistryEvent__Output)[];
}
