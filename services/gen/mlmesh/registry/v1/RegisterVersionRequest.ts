// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { RegisterVersionHeader as _mlmesh_registry_v1_RegisterVersionHeader, RegisterVersionHeader__Output as _mlmesh_registry_v1_RegisterVersionHeader__Output } from '../../../mlmesh/registry/v1/RegisterVersionHeader.ts';

/**
 * First the header, then chunks.
 */
export interface RegisterVersionRequest {
  /**
   * The first message.
   */
  'header'?: (_mlmesh_registry_v1_RegisterVersionHeader | null);
  /**
   * Bytes of the artifact, at most 1 MiB a message.
   */
  'chunk'?: (Buffer | Uint8Array | string);
  /**
   * Which of the two.
   */
  'part'?: "header"|"chunk";
}

/**
 * First the header, then chunks.
 */
export interface RegisterVersionRequest__Output {
  /**
   * The first message.
   */
  'header'?: (_mlmesh_registry_v1_RegisterVersionHeader__Output | null);
  /**
   * Bytes of the artifact, at most 1 MiB a message.
   */
  'chunk'?: (Buffer);
  /**
   * Which of the two.
   */
  'part'?: "header"|"chunk";
}
