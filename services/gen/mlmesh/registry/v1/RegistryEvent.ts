// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { ModelVersion as _mlmesh_registry_v1_ModelVersion, ModelVersion__Output as _mlmesh_registry_v1_ModelVersion__Output } from '../../../mlmesh/registry/v1/ModelVersion.ts';
import type { AliasesMoved as _mlmesh_registry_v1_AliasesMoved, AliasesMoved__Output as _mlmesh_registry_v1_AliasesMoved__Output } from '../../../mlmesh/registry/v1/AliasesMoved.ts';
import type { VersionQuarantined as _mlmesh_registry_v1_VersionQuarantined, VersionQuarantined__Output as _mlmesh_registry_v1_VersionQuarantined__Output } from '../../../mlmesh/registry/v1/VersionQuarantined.ts';
import type { ArtifactRemoved as _mlmesh_registry_v1_ArtifactRemoved, ArtifactRemoved__Output as _mlmesh_registry_v1_ArtifactRemoved__Output } from '../../../mlmesh/registry/v1/ArtifactRemoved.ts';
import type { Evidence as _mlmesh_registry_v1_Evidence, Evidence__Output as _mlmesh_registry_v1_Evidence__Output } from '../../../mlmesh/registry/v1/Evidence.ts';
import type { TrafficSet as _mlmesh_registry_v1_TrafficSet, TrafficSet__Output as _mlmesh_registry_v1_TrafficSet__Output } from '../../../mlmesh/registry/v1/TrafficSet.ts';

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
   * A version was marked as bad, or cleared.
   */
  'versionQuarantined'?: (_mlmesh_registry_v1_VersionQuarantined | null);
  /**
   * The artifact of a version was removed, as the retention says.
   */
  'artifactRemoved'?: (_mlmesh_registry_v1_ArtifactRemoved | null);
  /**
   * Something was found out about a version.
   */
  'evidenceAttached'?: (_mlmesh_registry_v1_Evidence | null);
  /**
   * The traffic of a model was steered.
   */
  'trafficSet'?: (_mlmesh_registry_v1_TrafficSet | null);
  /**
   * What happened.
   */
  'kind'?: "versionRegistered"|"aliasesMoved"|"versionQuarantined"|"artifactRemoved"|"evidenceAttached"|"trafficSet";
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
   * A version was marked as bad, or cleared.
   */
  'versionQuarantined'?: (_mlmesh_registry_v1_VersionQuarantined__Output | null);
  /**
   * The artifact of a version was removed, as the retention says.
   */
  'artifactRemoved'?: (_mlmesh_registry_v1_ArtifactRemoved__Output | null);
  /**
   * Something was found out about a version.
   */
  'evidenceAttached'?: (_mlmesh_registry_v1_Evidence__Output | null);
  /**
   * The traffic of a model was steered.
   */
  'trafficSet'?: (_mlmesh_registry_v1_TrafficSet__Output | null);
  /**
   * What happened.
   */
  'kind'?: "versionRegistered"|"aliasesMoved"|"versionQuarantined"|"artifactRemoved"|"evidenceAttached"|"trafficSet";
}
