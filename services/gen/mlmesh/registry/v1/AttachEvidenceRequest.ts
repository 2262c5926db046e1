// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { Evidence as _mlmesh_registry_v1_Evidence, Evidence__Output as _mlmesh_registry_v1_Evidence__Output } from '../../../mlmesh/registry/v1/Evidence.ts';

/**
 * Asks to attach evidence.
 */
export interface AttachEvidenceRequest {
  /**
   * What was found out.
   */
  'evidence'?: (_mlmesh_registry_v1_Evidence | null);
}

/**
 * Asks to attach evidence.
 */
export interface AttachEvidenceRequest__Output {
  /**
   * What was found out.
   */
  'evidence': (_mlmesh_registry_v1_Evidence__Output | null);
}
