// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { UploadHeader as _mlmesh_registry_v1_UploadHeader, UploadHeader__Output as _mlmesh_registry_v1_UploadHeader__Output } from '../../../mlmesh/registry/v1/UploadHeader.ts';

/**
 * First the header, then chunks.
 */
export interface UploadRequest {
  /**
   * The first message.
   */
  'header'?: (_mlmesh_registry_v1_UploadHeader | null);
  /**
   * Bytes of the blob, at most 1 MiB a message.
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
export interface UploadRequest__Output {
  /**
   * The first message.
   */
  'header'?: (_mlmesh_registry_v1_UploadHeader__Output | null);
  /**
   * Bytes of the blob, at most 1 MiB a message.
   */
  'chunk'?: (Buffer);
  /**
   * Which of the two.
   */
  'part'?: "header"|"chunk";
}
