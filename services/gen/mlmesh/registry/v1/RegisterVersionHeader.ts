// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { Provenance as _mlmesh_registry_v1_Provenance, Provenance__Output as _mlmesh_registry_v1_Provenance__Output } from '../../../mlmesh/registry/v1/Provenance.ts';

/**
 * What is registered.
 */
export interface RegisterVersionHeader {
  /**
   * Name of the model: lower-case letters, digits and dashes, at most 64.
   */
  'model'?: (string);
  /**
   * Where it came from.
   */
  'provenance'?: (_mlmesh_registry_v1_Provenance | null);
}

/**
 * What is registered.
 */
export interface RegisterVersionHeader__Output {
  /**
   * Name of the model: lower-case letters, digits and dashes, at most 64.
   */
  'model': (string);
  /**
   * Where it came from.
   */
  'provenance': (_mlmesh_registry_v1_Provenance__Output | null);
}
