// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { ChecklistState as _mlmesh_registry_v1_ChecklistState, ChecklistState__Output as _mlmesh_registry_v1_ChecklistState__Output } from '../../../mlmesh/registry/v1/ChecklistState.ts';
import type { AttachedEvidence as _mlmesh_registry_v1_AttachedEvidence, AttachedEvidence__Output as _mlmesh_registry_v1_AttachedEvidence__Output } from '../../../mlmesh/registry/v1/AttachedEvidence.ts';

/**
 * How one kind of evidence stands.
 */
export interface ChecklistRow {
  /**
   * Item of the checklist.
   */
  'item'?: (string);
  /**
   * Kind of evidence.
   */
  'kind'?: (string);
  /**
   * Gate that it is or belongs to, G0 to G9.
   */
  'gate'?: (string);
  /**
   * Whether it keeps the version out of production while it does not pass.
   */
  'isRequired'?: (boolean);
  /**
   * How it stands.
   */
  'state'?: (_mlmesh_registry_v1_ChecklistState);
  /**
   * Why, for people.
   */
  'why'?: (string);
  /**
   * The newest evidence; absent when there is none.
   */
  'attached'?: (_mlmesh_registry_v1_AttachedEvidence | null);
  /**
   * Command that fills it.
   */
  'command'?: (string);
  /**
   * What it shows when it passes.
   */
  'proves'?: (string);
}

/**
 * How one kind of evidence stands.
 */
export interface ChecklistRow__Output {
  /**
   * Item of the checklist.
   */
  'item': (string);
  /**
   * Kind of evidence.
   */
  'kind': (string);
  /**
   * Gate that it is or belongs to, G0 to G9.
   */
  'gate': (string);
  /**
   * Whether it keeps the version out of production while it does not pass.
   */
  'isRequired': (boolean);
  /**
   * How it stands.
   */
  'state': (_mlmesh_registry_v1_ChecklistState__Output);
  /**
   * Why, for people.
   */
  'why': (string);
  /**
   * The newest evidence; absent when there is none.
   */
  'attached': (_mlmesh_registry_v1_AttachedEvidence__Output | null);
  /**
   * Command that fills it.
   */
  'command': (string);
  /**
   * What it shows when it passes.
   */
  'proves': (string);
}
