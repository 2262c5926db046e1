// Original file: proto/mlmesh/prediction/v1/prediction_service.proto

/**
 * Life of a hosted version.
 */
export const ServableState = {
  /**
   * Never sent.
   */
  SERVABLE_STATE_UNSPECIFIED: 'SERVABLE_STATE_UNSPECIFIED',
  /**
   * Known, nothing done yet.
   */
  SERVABLE_STATE_NEW: 'SERVABLE_STATE_NEW',
  /**
   * Its artifact is fetched, verified and opened.
   */
  SERVABLE_STATE_LOADING: 'SERVABLE_STATE_LOADING',
  /**
   * First inferences run.
   */
  SERVABLE_STATE_WARMING: 'SERVABLE_STATE_WARMING',
  /**
   * It answers.
   */
  SERVABLE_STATE_READY: 'SERVABLE_STATE_READY',
  /**
   * It takes nothing new.
   */
  SERVABLE_STATE_DRAINING: 'SERVABLE_STATE_DRAINING',
  /**
   * Its sessions are released.
   */
  SERVABLE_STATE_UNLOADING: 'SERVABLE_STATE_UNLOADING',
  /**
   * Gone.
   */
  SERVABLE_STATE_UNLOADED: 'SERVABLE_STATE_UNLOADED',
  /**
   * It could not be loaded; `error` says why.
   */
  SERVABLE_STATE_FAILED: 'SERVABLE_STATE_FAILED',
} as const;

/**
 * Life of a hosted version.
 */
export type ServableState =
  /**
   * Never sent.
   */
  | 'SERVABLE_STATE_UNSPECIFIED'
  | 0
  /**
   * Known, nothing done yet.
   */
  | 'SERVABLE_STATE_NEW'
  | 1
  /**
   * Its artifact is fetched, verified and opened.
   */
  | 'SERVABLE_STATE_LOADING'
  | 2
  /**
   * First inferences run.
   */
  | 'SERVABLE_STATE_WARMING'
  | 3
  /**
   * It answers.
   */
  | 'SERVABLE_STATE_READY'
  | 4
  /**
   * It takes nothing new.
   */
  | 'SERVABLE_STATE_DRAINING'
  | 5
  /**
   * Its sessions are released.
   */
  | 'SERVABLE_STATE_UNLOADING'
  | 6
  /**
   * Gone.
   */
  | 'SERVABLE_STATE_UNLOADED'
  | 7
  /**
   * It could not be loaded; `error` says why.
   */
  | 'SERVABLE_STATE_FAILED'
  | 8

/**
 * Life of a hosted version.
 */
export type ServableState__Output = typeof ServableState[keyof typeof ServableState]
