// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { ModelVersion as _mlmesh_registry_v1_ModelVersion, ModelVersion__Output as _mlmesh_registry_v1_ModelVersion__Output } from '../../../mlmesh/registry/v1/ModelVersion.ts';
import type { AliasesMoved as _mlmesh_registry_v1_AliasesMoved, AliasesMoved__Output as _mlmesh_registry_v1_AliasesMoved__Output } from '../../../mlmesh/registry/v1/AliasesMoved.ts';

/**
 * One event of the log, chained to the one before by its hash.
 */
export interface RegistryEvent {
  /**
   * Position, from 1 without gaps.
   */
  'sequence'?: (number | string);
  /**
   * When, milliseconds since the Unix epoch.
   */
  'atMs'?: (number | string);
  /**
   * The authenticated peer that caused it.
   */
  'actor'?: (string);
  /**
   * SHA-256 over the previous hash and the canonical bytes of this event, 64 hexadecimal digits.
   */
  'hash'?: (string);
  /**
   * A version was registered.
   */
  'versionRegistered'?: (_mlmesh_registry_v1_ModelVersion | null);
  /**
   * Aliases moved.
   */
  'aliasesMoved'?: (_mlmesh_registry_v1_AliasesMoved | null);
  /**
   * What happened.
   */
  'kind'?: "versionRegistered"|"aliasesMoved";
}

/**
 * One event of the log, chained to the one before by its hash.
 */
export interface RegistryEvent__Output {
  /**
   * Position, from 1 without gaps.
   */
  'sequence': (number);
  /**
   * When, milliseconds since the Unix epoch.
   */
  'atMs': (number);
  /**
   * The authenticated peer that caused it.
   */
  'actor': (string);
  /**
   * SHA-256 over the previous hash and the canonical bytes of this event, 64 hexadecimal digits.
   */
  'hash': (string);
  /**
   * A version was registered.
   */
  'versionRegistered'?: (_mlmesh_registry_v1_ModelVersion__Output | null);
  /**
   * Aliases moved.
   */
  'aliasesMoved'?: (_mlmesh_registry_v1_AliasesMoved__Output | null);
  /**
   * What happened.
   */
  'kind'?: "versionRegistered"|"aliasesMoved";
}
