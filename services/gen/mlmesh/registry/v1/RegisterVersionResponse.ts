// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { ModelVersion as _mlmesh_registry_v1_ModelVersion, ModelVersion__Output as _mlmesh_registry_v1_ModelVersion__Output } from '../../../mlmesh/registry/v1/ModelVersion.ts';

/**
 * The version that was registered. Registering the same provenance and artifact again gives the same version.
 */
export interface RegisterVersionResponse {
  /**
   * The version.
   */
  'version'?: (_mlmesh_registry_v1_ModelVersion | null);
  /**
   * Whether it was there already.
   */
  'isKnown'?: (boolean);
}

/**
 * The version that was registered. Registering the same provenance and artifact again gives the same version.
 */
export interface RegisterVersionResponse__Output {
  /**
   * The version.
   */
  'version': (_mlmesh_registry_v1_ModelVersion__Output | null);
  /**
   * Whether it was there already.
   */
  'isKnown': (boolean);
}
