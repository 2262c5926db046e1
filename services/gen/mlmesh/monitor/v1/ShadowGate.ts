// Original file: proto/mlmesh/monitor/v1/judge.proto


/**
 * One gate of a shadow.
 */
export interface ShadowGate {
  /**
   * Kind of evidence that it is.
   */
  'kind'?: (string);
  /**
   * Gate, G2 to G6.
   */
  'gate'?: (string);
  /**
   * `pass`, `fail` or `inconclusive`.
   */
  'verdict'?: (string);
  /**
   * What was found, for people.
   */
  'statement'?: (string);
  /**
   * Finite numbers by name.
   */
  'figures'?: ({[key: string]: number | string});
}

/**
 * One gate of a shadow.
 */
export interface ShadowGate__Output {
  /**
   * Kind of evidence that it is.
   */
  'kind': (string);
  /**
   * Gate, G2 to G6.
   */
  'gate': (string);
  /**
   * `pass`, `fail` or `inconclusive`.
   */
  'verdict': (string);
  /**
   * What was found, for people.
   */
  'statement': (string);
  /**
   * Finite numbers by name.
   */
  'figures': ({[key: string]: number});
}
