// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { ModelVersion as _mlmesh_registry_v1_ModelVersion, ModelVersion__Output as _mlmesh_registry_v1_ModelVersion__Output } from '../../../mlmesh/registry/v1/ModelVersion.ts';
import type { Alias as _mlmesh_registry_v1_Alias, Alias__Output as _mlmesh_registry_v1_Alias__Output } from '../../../mlmesh/registry/v1/Alias.ts';
import type { ModelTraffic as _mlmesh_registry_v1_ModelTraffic, ModelTraffic__Output as _mlmesh_registry_v1_ModelTraffic__Output } from '../../../mlmesh/registry/v1/ModelTraffic.ts';

/**
 * Gives versions and aliases.
 */
export interface ListVersionsResponse {
  /**
   * By model and number.
   */
  'versions'?: (_mlmesh_registry_v1_ModelVersion)[];
  /**
   * By model and alias.
   */
  'aliases'?: (_mlmesh_registry_v1_Alias)[];
  /**
   * Sequence of the last event that is contained: where to begin to watch.
   */
  'sequence'?: (number | string);
  /**
   * Where the next page begins; empty on the last one. Aliases are those of the models of the page.
   */
  'nextPage'?: (string);
  /**
   * How traffic is steered, by model, of the models of the page whose traffic anybody has steered.
   */
  'traffic'?: (_mlmesh_registry_v1_ModelTraffic)[];
}

/**
 * Gives versions and aliases.
 */
export interface ListVersionsResponse__Output {
  /**
   * By model and number.
   */
  'versions': (_mlmesh_registry_v1_ModelVersion__Output)[];
  /**
   * By model and alias.
   */
  'aliases': (_mlmesh_registry_v1_Alias__Output)[];
  /**
   * Sequence of the last event that is contained: where to begin to watch.
   */
  'sequence': (number);
  /**
   * Where the next page begins; empty on the last one. Aliases are those of the models of the page.
   */
  'nextPage': (string);
  /**
   * How traffic is steered, by model, of the models of the page whose traffic anybody has steered.
   */
  'traffic': (_mlmesh_registry_v1_ModelTraffic__Output)[];
}
