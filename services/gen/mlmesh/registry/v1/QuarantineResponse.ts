// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { ModelVersion as _mlmesh_registry_v1_ModelVersion, ModelVersion__Output as _mlmesh_registry_v1_ModelVersion__Output } from '../../../mlmesh/registry/v1/ModelVersion.ts';
import type { Alias as _mlmesh_registry_v1_Alias, Alias__Output as _mlmesh_registry_v1_Alias__Output } from '../../../mlmesh/registry/v1/Alias.ts';

/**
 * The version, and the aliases that have left it.
 */
export interface QuarantineResponse {
  /**
   * The version.
   */
  'version'?: (_mlmesh_registry_v1_ModelVersion | null);
  /**
   * The aliases that point nowhere now.
   */
  'aliases'?: (_mlmesh_registry_v1_Alias)[];
  /**
   * Sequence of the event in the log.
   */
  'sequence'?: (number | string);
}

/**
 * The version, and the aliases that have left it.
 */
export interface QuarantineResponse__Output {
  /**
   * The version.
   */
  'version': (_mlmesh_registry_v1_ModelVersion__Output | null);
  /**
   * The aliases that point nowhere now.
   */
  'aliases': (_mlmesh_registry_v1_Alias__Output)[];
  /**
   * Sequence of the event in the log.
   */
  'sequence': (number);
}
