// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { ChecklistRow as _mlmesh_registry_v1_ChecklistRow, ChecklistRow__Output as _mlmesh_registry_v1_ChecklistRow__Output } from '../../../mlmesh/registry/v1/ChecklistRow.ts';

/**
 * The checklist of a version.
 */
export interface GetChecklistResponse {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Number of the version.
   */
  'version'?: (number);
  /**
   * A row for each kind of evidence, in the order of the table.
   */
  'rows'?: (_mlmesh_registry_v1_ChecklistRow)[];
  /**
   * Whether nothing keeps the version out of production.
   */
  'isComplete'?: (boolean);
}

/**
 * The checklist of a version.
 */
export interface GetChecklistResponse__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Number of the version.
   */
  'version': (number);
  /**
   * A row for each kind of evidence, in the order of the table.
   */
  'rows': (_mlmesh_registry_v1_ChecklistRow__Output)[];
  /**
   * Whether nothing keeps the version out of production.
   */
  'isComplete': (boolean);
}
