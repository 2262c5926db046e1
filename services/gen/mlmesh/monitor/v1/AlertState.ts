// Original file: proto/mlmesh/monitor/v1/alert.proto

/**
 * How an alert stands.
 */
export const AlertState = {
  /**
   * Never sent.
   */
  ALERT_STATE_UNSPECIFIED: 'ALERT_STATE_UNSPECIFIED',
  /**
   * Its cause is found, and not yet for as long as its rule wants.
   */
  ALERT_STATE_PENDING: 'ALERT_STATE_PENDING',
  /**
   * It fires, and is delivered.
   */
  ALERT_STATE_FIRING: 'ALERT_STATE_FIRING',
  /**
   * It fires, and a silence keeps it from being delivered.
   */
  ALERT_STATE_SILENCED: 'ALERT_STATE_SILENCED',
  /**
   * Its cause is gone.
   */
  ALERT_STATE_RESOLVED: 'ALERT_STATE_RESOLVED',
} as const;

/**
 * How an alert stands.
 */
export type AlertState =
  /**
   * Never sent.
   */
  | 'ALERT_STATE_UNSPECIFIED'
  | 0
  /**
   * Its cause is found, and not yet for as long as its rule wants.
   */
  | 'ALERT_STATE_PENDING'
  | 1
  /**
   * It fires, and is delivered.
   */
  | 'ALERT_STATE_FIRING'
  | 2
  /**
   * It fires, and a silence keeps it from being delivered.
   */
  | 'ALERT_STATE_SILENCED'
  | 3
  /**
   * Its cause is gone.
   */
  | 'ALERT_STATE_RESOLVED'
  | 4

/**
 * How an alert stands.
 */
export type AlertState__Output = typeof AlertState[keyof typeof AlertState]
