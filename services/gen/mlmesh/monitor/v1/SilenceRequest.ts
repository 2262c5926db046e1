// Original file: proto/mlmesh/monitor/v1/alert.proto


/**
 * Asks for a silence, of one alert or of all that match.
 */
export interface SilenceRequest {
  /**
   * The alert; its rule, model and subject are taken. Empty where the fields below say which.
   */
  'alertId'?: (string);
  /**
   * The rule; empty means all.
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
   * How long, 1,000 ms to 30 days.
   */
  'durationMs'?: (number | string);
  /**
   * Why, 1 to 500 characters.
   */
  'reason'?: (string);
}

/**
 * Asks for a silence, of one alert or of all that match.
 */
export interface SilenceRequest__Output {
  /**
   * The alert; its rule, model and subject are taken. Empty where the fields below say which.
   */
  'alertId': (string);
  /**
   * The rule; empty means all.
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
   * How long, 1,000 ms to 30 days.
   */
  'durationMs': (number);
  /**
   * Why, 1 to 500 characters.
   */
  'reason': (string);
}
