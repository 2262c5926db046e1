// Original file: proto/mlmesh/monitor/v1/drift.proto

/**
 * Who gains.
 */
export const LiftVerdict = {
  /**
   * Never sent.
   */
  LIFT_VERDICT_UNSPECIFIED: 'LIFT_VERDICT_UNSPECIFIED',
  /**
   * It can't be said yet.
   */
  LIFT_VERDICT_UNDECIDED: 'LIFT_VERDICT_UNDECIDED',
  /**
   * The lift is above what is wanted.
   */
  LIFT_VERDICT_BETTER: 'LIFT_VERDICT_BETTER',
  /**
   * A loss above the margin is proven.
   */
  LIFT_VERDICT_WORSE: 'LIFT_VERDICT_WORSE',
  /**
   * The cohorts have not the sizes that they were to have, so nothing is compared.
   */
  LIFT_VERDICT_INVALID: 'LIFT_VERDICT_INVALID',
} as const;

/**
 * Who gains.
 */
export type LiftVerdict =
  /**
   * Never sent.
   */
  | 'LIFT_VERDICT_UNSPECIFIED'
  | 0
  /**
   * It can't be said yet.
   */
  | 'LIFT_VERDICT_UNDECIDED'
  | 1
  /**
   * The lift is above what is wanted.
   */
  | 'LIFT_VERDICT_BETTER'
  | 2
  /**
   * A loss above the margin is proven.
   */
  | 'LIFT_VERDICT_WORSE'
  | 3
  /**
   * The cohorts have not the sizes that they were to have, so nothing is compared.
   */
  | 'LIFT_VERDICT_INVALID'
  | 4

/**
 * Who gains.
 */
export type LiftVerdict__Output = typeof LiftVerdict[keyof typeof LiftVerdict]
