// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { Evidence as _mlmesh_registry_v1_Evidence, Evidence__Output as _mlmesh_registry_v1_Evidence__Output } from '../../../mlmesh/registry/v1/Evidence.ts';

/**
 * Evidence at its place in the log.
 */
export interface AttachedEvidence {
  /**
   * What was found out.
   */
  'evidence'?: (_mlmesh_registry_v1_Evidence | null);
  /**
   * The authenticated peer that attached it.
   */
  'actor'?: (string);
  /**
   * When, milliseconds since the Unix epoch.
   */
  'atMs'?: (number | string);
  /**
   * Sequence of the event in the log.
   */
  'sequence'?: (number | string);
}

/**
 * Evidence at its place in the log.
 */
export interface AttachedEvidence__Output {
  /**
   * What was found out.
   */
  'evidence': (_mlmesh_registry_v1_Evidence__Output | null);
  /**
   * The authenticated peer that attached it.
   */
  'actor': (string);
  /**
   * When, milliseconds since the Unix epoch.
   */
  'atMs': (number);
  /**
   * Sequence of the event in the log.
   */
  'sequence': (number);
}
