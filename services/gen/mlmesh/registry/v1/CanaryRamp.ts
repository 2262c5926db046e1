// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * What share of the callers a canary has.
 */
export interface CanaryRamp {
  /**
   * Version that is canary.
   */
  'version'?: (number);
  /**
   * Share of the cohorts that control does not have, 0 to 1.
   */
  'share'?: (number | string);
  /**
   * Whether the share may not grow.
   */
  'isHeld'?: (boolean);
  /**
   * When the share became what it is, milliseconds since the Unix epoch.
   */
  'sinceMs'?: (number | string);
}

/**
 * What share of the callers a canary has.
 */
export interface CanaryRamp__Output {
  /**
   * Version that is canary.
   */
  'version': (number);
  /**
   * Share of the cohorts that control does not have, 0 to 1.
   */
  'share': (number);
  /**
   * Whether the share may not grow.
   */
  'isHeld': (boolean);
  /**
   * When the share became what it is, milliseconds since the Unix epoch.
   */
  'sinceMs': (number);
}
