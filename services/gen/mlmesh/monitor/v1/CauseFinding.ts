// Original file: proto/mlmesh/monitor/v1/drift.proto


/**
 * How one cause stands.
 */
export interface CauseFinding {
  /**
   * `model`, `features`, `dependency` or `world`.
   */
  'cause'?: (string);
  /**
   * `blamed`, `cleared` or `unknown`.
   */
  'verdict'?: (string);
  /**
   * Why, with its numbers, for people.
   */
  'why'?: (string);
}

/**
 * How one cause stands.
 */
export interface CauseFinding__Output {
  /**
   * `model`, `features`, `dependency` or `world`.
   */
  'cause': (string);
  /**
   * `blamed`, `cleared` or `unknown`.
   */
  'verdict': (string);
  /**
   * Why, with its numbers, for people.
   */
  'why': (string);
}
