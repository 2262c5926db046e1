// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { FieldDifference as _mlmesh_registry_v1_FieldDifference, FieldDifference__Output as _mlmesh_registry_v1_FieldDifference__Output } from '../../../mlmesh/registry/v1/FieldDifference.ts';

/**
 * The differences of two versions.
 */
export interface DiffVersionsResponse {
  /**
   * By path; empty when both are equal but for their number.
   */
  'differences'?: (_mlmesh_registry_v1_FieldDifference)[];
}

/**
 * The differences of two versions.
 */
export interface DiffVersionsResponse__Output {
  /**
   * By path; empty when both are equal but for their number.
   */
  'differences': (_mlmesh_registry_v1_FieldDifference__Output)[];
}
