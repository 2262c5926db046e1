// Original file: proto/mlmesh/monitor/v1/judge.proto


/**
 * What was decided of a version.
 */
export interface Verdict {
  /**
   * Id, greater for later ones.
   */
  'verdictId'?: (string);
  /**
   * What decided: `guard` watches a version in production.
   */
  'kind'?: (string);
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Version that it is about.
   */
  'version'?: (number);
  /**
   * Version that it was compared with; 0 for none.
   */
  'baselineVersion'?: (number);
  /**
   * When, milliseconds since the Unix epoch.
   */
  'atMs'?: (number | string);
  /**
   * What was decided. Of a guard: `keep`, `hold`, `rollback`, `fall-back` or `freeze`.
   */
  'decision'?: (string);
  /**
   * What was found, for people.
   */
  'statement'?: (string);
  /**
   * Numbers that it follows from, by name.
   */
  'figures'?: ({[key: string]: number | string});
}

/**
 * What was decided of a version.
 */
export interface Verdict__Output {
  /**
   * Id, greater for later ones.
   */
  'verdictId': (string);
  /**
   * What decided: `guard` watches a version in production.
   */
  'kind': (string);
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Version that it is about.
   */
  'version': (number);
  /**
   * Version that it was compared with; 0 for none.
   */
  'baselineVersion': (number);
  /**
   * When, milliseconds since the Unix epoch.
   */
  'atMs': (number);
  /**
   * What was decided. Of a guard: `keep`, `hold`, `rollback`, `fall-back` or `freeze`.
   */
  'decision': (string);
  /**
   * What was found, for people.
   */
  'statement': (string);
  /**
   * Numbers that it follows from, by name.
   */
  'figures': ({[key: string]: number});
}
