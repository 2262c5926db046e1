// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Asks to steer the traffic of a model.
 */
export interface SetTrafficRequest {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Generation that the caller has seen; 0 when nobody has steered it yet. -1 changes it whatever it is.
   */
  'expectedGeneration'?: (number | string);
  /**
   * Why, for the record; 1 to 500 characters.
   */
  'reason'?: (string);
  /**
   * Whether the share grows although the ramp is held, its step is not over, or one is left out; stays on record.
   */
  'isForced'?: (boolean);
  /**
   * Whether the canary goes up to the next step; always true.
   */
  'isNextStep'?: (boolean);
  /**
   * Share of the canary, 0 to 1: below the present one, or up to the next step.
   */
  'canaryShare'?: (number | string);
  /**
   * Whether the share is held.
   */
  'isHeld'?: (boolean);
  /**
   * Whether the shadows are paused.
   */
  'isShadowPaused'?: (boolean);
  /**
   * What is changed: one of them.
   */
  'change'?: "isNextStep"|"canaryShare"|"isHeld"|"isShadowPaused";
}

/**
 * Asks to steer the traffic of a model.
 */
export interface SetTrafficRequest__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Generation that the caller has seen; 0 when nobody has steered it yet. -1 changes it whatever it is.
   */
  'expectedGeneration': (number);
  /**
   * Why, for the record; 1 to 500 characters.
   */
  'reason': (string);
  /**
   * Whether the share grows although the ramp is held, its step is not over, or one is left out; stays on record.
   */
  'isForced': (boolean);
  /**
   * Whether the canary goes up to the next step; always true.
   */
  'isNextStep'?: (boolean);
  /**
   * Share of the canary, 0 to 1: below the present one, or up to the next step.
   */
  'canaryShare'?: (number);
  /**
   * Whether the share is held.
   */
  'isHeld'?: (boolean);
  /**
   * Whether the shadows are paused.
   */
  'isShadowPaused'?: (boolean);
  /**
   * What is changed: one of them.
   */
  'change'?: "isNextStep"|"canaryShare"|"isHeld"|"isShadowPaused";
}
