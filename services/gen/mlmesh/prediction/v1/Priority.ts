// Original file: proto/mlmesh/prediction/v1/prediction_service.proto

/**
 * Which queue a batch waits in.
 */
export const Priority = {
  /**
   * Read as production.
   */
  PRIORITY_UNSPECIFIED: 'PRIORITY_UNSPECIFIED',
  /**
   * Somebody waits for the answer.
   */
  PRIORITY_PRODUCTION: 'PRIORITY_PRODUCTION',
  /**
   * Runs when no production batch waits; shed first.
   */
  PRIORITY_SHADOW: 'PRIORITY_SHADOW',
} as const;

/**
 * Which queue a batch waits in.
 */
export type Priority =
  /**
   * Read as production.
   */
  | 'PRIORITY_UNSPECIFIED'
  | 0
  /**
   * Somebody waits for the answer.
   */
  | 'PRIORITY_PRODUCTION'
  | 1
  /**
   * Runs when no production batch waits; shed first.
   */
  | 'PRIORITY_SHADOW'
  | 2

/**
 * Which queue a batch waits in.
 */
export type Priority__Output = typeof Priority[keyof typeof Priority]
