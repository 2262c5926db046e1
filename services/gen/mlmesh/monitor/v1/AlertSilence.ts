// Original file: proto/mlmesh/monitor/v1/alert.proto


/**
 * A time in which alerts are not delivered.
 */
export interface AlertSilence {
  /**
   * Name of this silence, such as `silence-3`.
   */
  'id'?: (string);
  /**
   * The rule whose alerts it covers; empty means all.
   */
  'rule'?: (string);
  /**
   * The model; empty means all.
   */
  'model'?: (string);
  /**
   * The subject; empty means all.
   */
  'subject'?: (string);
  /**
   * Since when, milliseconds since the Unix epoch.
   */
  'fromMs'?: (number | string);
  /**
   * Until when; it is over from then on.
   */
  'untilMs'?: (number | string);
  /**
   * Who silenced: the authenticated caller.
   */
  'actor'?: (string);
  /**
   * Why.
   */
  'reason'?: (string);
  /**
   * Who ended it before its time; empty where nobody did.
   */
  'endedBy'?: (string);
}

/**
 * A time in which alerts are not delivered.
 */
export interface AlertSilence__Output {
  /**
   * Name of this silence, such as `silence-3`.
   */
  'id': (string);
  /**
   * The rule whose alerts it covers; empty means all.
   */
  'rule': (string);
  /**
   * The model; empty means all.
   */
  'model': (string);
  /**
   * The subject; empty means all.
   */
  'subject': (string);
  /**
   * Since when, milliseconds since the Unix epoch.
   */
  'fromMs': (number);
  /**
   * Until when; it is over from then on.
   */
  'untilMs': (number);
  /**
   * Who silenced: the authenticated caller.
   */
  'actor': (string);
  /**
   * Why.
   */
  'reason': (string);
  /**
   * Who ended it before its time; empty where nobody did.
   */
  'endedBy': (string);
}
