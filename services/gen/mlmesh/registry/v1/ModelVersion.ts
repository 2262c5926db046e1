// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { Provenance as _mlmesh_registry_v1_Provenance, Provenance__Output as _mlmesh_registry_v1_Provenance__Output } from '../../../mlmesh/registry/v1/Provenance.ts';

/**
 * A version of a model. Immutable but for its state.
 */
export interface ModelVersion {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Number, from 1, given by the registry and never reused.
   */
  'version'?: (number);
  /**
   * Where it came from.
   */
  'provenance'?: (_mlmesh_registry_v1_Provenance | null);
  /**
   * When it was registered, milliseconds since the Unix epoch.
   */
  'registeredAtMs'?: (number | string);
  /**
   * The authenticated peer that registered it.
   */
  'registeredBy'?: (string);
}

/**
 * A version of a model. Immutable but for its state.
 */
export interface ModelVersion__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Number, from 1, given by the registry and never reused.
   */
  'version': (number);
  /**
   * Where it came from.
   */
  'provenance': (_mlmesh_registry_v1_Provenance__Output | null);
  /**
   * When it was registered, milliseconds since the Unix epoch.
   */
  'registeredAtMs': (number);
  /**
   * The authenticated peer that registered it.
   */
  'registeredBy': (string);
}
