// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { AttachedEvidence as _mlmesh_registry_v1_AttachedEvidence, AttachedEvidence__Output as _mlmesh_registry_v1_AttachedEvidence__Output } from '../../../mlmesh/registry/v1/AttachedEvidence.ts';

/**
 * The evidence as it stands in the log.
 */
export interface AttachEvidenceResponse {
  /**
   * The evidence.
   */
  'attached'?: (_mlmesh_registry_v1_AttachedEvidence | null);
}

/**
 * The evidence as it stands in the log.
 */
export interface AttachEvidenceResponse__Output {
  /**
   * The evidence.
   */
  'attached': (_mlmesh_registry_v1_AttachedEvidence__Output | null);
}
