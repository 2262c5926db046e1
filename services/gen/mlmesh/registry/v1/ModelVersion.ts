// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { Provenance as _mlmesh_registry_v1_Provenance, Provenance__Output as _mlmesh_registry_v1_Provenance__Output } from '../../../mlmesh/registry/v1/Provenance.ts';
import type { VersionState as _mlmesh_registry_v1_VersionState, VersionState__Output as _mlmesh_registry_v1_VersionState__Output } from '../../../mlmesh/registry/v1/VersionState.ts';

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
  /**
   * SHA-256 of its signature, a Sigstore bundle as OpenSSF Model Signing v1.0 has it; Download gives it. 64 hexadecimal digits.
   */
  'signatureDigest'?: (string);
  /**
   * Where it stands now.
   */
  'state'?: (_mlmesh_registry_v1_VersionState);
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
  /**
   * SHA-256 of its signature, a Sigstore bundle as OpenSSF Model Signing v1.0 has it; Download gives it. 64 hexadecimal digits.
   */
  'signatureDigest': (string);
  /**
   * Where it stands now.
   */
  'state': (_mlmesh_registry_v1_VersionState__Output);
}
