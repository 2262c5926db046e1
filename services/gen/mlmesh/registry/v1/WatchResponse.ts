// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { RegistryEvent as _mlmesh_registry_v1_RegistryEvent, RegistryEvent__Output as _mlmesh_registry_v1_RegistryEvent__Output } from '../../../mlmesh/registry/v1/RegistryEvent.ts';

/**
 * One event of the log.
 */
export interface WatchResponse {
  /**
   * The event.
   */
  'event'?: (_mlmesh_registry_v1_RegistryEvent | null);
}

/**
 * One event of the log.
 */
export interface WatchResponse__Output {
  /**
   * The event.
   */
  'event': (_mlmesh_registry_v1_RegistryEvent__Output | null);
}
