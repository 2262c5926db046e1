// Original file: proto/mlmesh/common/v1/value.proto

/**
 * The part that a version plays in an answer.
 */
export const Role = {
  /**
   * Never sent.
   */
  ROLE_UNSPECIFIED: 'ROLE_UNSPECIFIED',
  /**
   * Its answer went to the caller.
   */
  ROLE_PRODUCTION: 'ROLE_PRODUCTION',
  /**
   * Its answer was only logged.
   */
  ROLE_SHADOW: 'ROLE_SHADOW',
  /**
   * It serves the control cohort.
   */
  ROLE_CONTROL: 'ROLE_CONTROL',
  /**
   * It serves a share of the traffic on trial.
   */
  ROLE_CANARY: 'ROLE_CANARY',
} as const;

/**
 * The part that a version plays in an answer.
 */
export type Role =
  /**
   * Never sent.
   */
  | 'ROLE_UNSPECIFIED'
  | 0
  /**
   * Its answer went to the caller.
   */
  | 'ROLE_PRODUCTION'
  | 1
  /**
   * Its answer was only logged.
   */
  | 'ROLE_SHADOW'
  | 2
  /**
   * It serves the control cohort.
   */
  | 'ROLE_CONTROL'
  | 3
  /**
   * It serves a share of the traffic on trial.
   */
  | 'ROLE_CANARY'
  | 4

/**
 * The part that a version plays in an answer.
 */
export type Role__Output = typeof Role[keyof typeof Role]
