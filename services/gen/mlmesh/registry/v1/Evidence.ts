// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { EvidenceVerdict as _mlmesh_registry_v1_EvidenceVerdict, EvidenceVerdict__Output as _mlmesh_registry_v1_EvidenceVerdict__Output } from '../../../mlmesh/registry/v1/EvidenceVerdict.ts';

/**
 * What a command found out about a version.
 */
export interface Evidence {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Number of the version.
   */
  'version'?: (number);
  /**
   * What it is bound to: SHA-256 of the artifact, 64 hexadecimal digits.
   */
  'artifactDigest'?: (string);
  /**
   * One of the kinds of the documentation's table, such as `parity`.
   */
  'kind'?: (string);
  /**
   * What it says.
   */
  'verdict'?: (_mlmesh_registry_v1_EvidenceVerdict);
  /**
   * What was measured, finite numbers by name; at most 64.
   */
  'figures'?: ({[key: string]: number | string});
  /**
   * What was found, for people; 1 to 1,000 characters.
   */
  'statement'?: (string);
  /**
   * The command that made it; 1 to 500 characters.
   */
  'command'?: (string);
  /**
   * When it was made, milliseconds since the Unix epoch.
   */
  'madeAtMs'?: (number | string);
  /**
   * What it was made from, by name: SHA-256, 64 hexadecimal digits each; at most 64.
   */
  'inputDigests'?: ({[key: string]: string});
  /**
   * Version that it was compared with, where its kind asks for that; 0 when there was none.
   */
  'baselineVersion'?: (number);
}

/**
 * What a command found out about a version.
 */
export interface Evidence__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Number of the version.
   */
  'version': (number);
  /**
   * What it is bound to: SHA-256 of the artifact, 64 hexadecimal digits.
   */
  'artifactDigest': (string);
  /**
   * One of the kinds of the documentation's table, such as `parity`.
   */
  'kind': (string);
  /**
   * What it says.
   */
  'verdict': (_mlmesh_registry_v1_EvidenceVerdict__Output);
  /**
   * What was measured, finite numbers by name; at most 64.
   */
  'figures': ({[key: string]: number});
  /**
   * What was found, for people; 1 to 1,000 characters.
   */
  'statement': (string);
  /**
   * The command that made it; 1 to 500 characters.
   */
  'command': (string);
  /**
   * When it was made, milliseconds since the Unix epoch.
   */
  'madeAtMs': (number);
  /**
   * What it was made from, by name: SHA-256, 64 hexadecimal digits each; at most 64.
   */
  'inputDigests': ({[key: string]: string});
  /**
   * Version that it was compared with, where its kind asks for that; 0 when there was none.
   */
  'baselineVersion': (number);
}
