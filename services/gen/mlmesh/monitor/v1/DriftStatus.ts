// Original file: proto/mlmesh/monitor/v1/drift.proto

/**
 * What there is to say of a version's drift.
 */
export const DriftStatus = {
  /**
   * Never sent.
   */
  DRIFT_STATUS_UNSPECIFIED: 'DRIFT_STATUS_UNSPECIFIED',
  /**
   * A closed window was judged.
   */
  DRIFT_STATUS_JUDGED: 'DRIFT_STATUS_JUDGED',
  /**
   * A closed window has too few effective rows to be judged.
   */
  DRIFT_STATUS_TOO_FEW_ROWS: 'DRIFT_STATUS_TOO_FEW_ROWS',
  /**
   * The window is open: measured so far, and not judged.
   */
  DRIFT_STATUS_OPEN: 'DRIFT_STATUS_OPEN',
  /**
   * The version has no reference profile.
   */
  DRIFT_STATUS_NO_REFERENCE: 'DRIFT_STATUS_NO_REFERENCE',
  /**
   * The reference could not be fetched yet; what came is in the log and will be counted.
   */
  DRIFT_STATUS_WAITING: 'DRIFT_STATUS_WAITING',
  /**
   * Nothing was counted.
   */
  DRIFT_STATUS_NOTHING: 'DRIFT_STATUS_NOTHING',
} as const;

/**
 * What there is to say of a version's drift.
 */
export type DriftStatus =
  /**
   * Never sent.
   */
  | 'DRIFT_STATUS_UNSPECIFIED'
  | 0
  /**
   * A closed window was judged.
   */
  | 'DRIFT_STATUS_JUDGED'
  | 1
  /**
   * A closed window has too few effective rows to be judged.
   */
  | 'DRIFT_STATUS_TOO_FEW_ROWS'
  | 2
  /**
   * The window is open: measured so far, and not judged.
   */
  | 'DRIFT_STATUS_OPEN'
  | 3
  /**
   * The version has no reference profile.
   */
  | 'DRIFT_STATUS_NO_REFERENCE'
  | 4
  /**
   * The reference could not be fetched yet; what came is in the log and will be counted.
   */
  | 'DRIFT_STATUS_WAITING'
  | 5
  /**
   * Nothing was counted.
   */
  | 'DRIFT_STATUS_NOTHING'
  | 6

/**
 * What there is to say of a version's drift.
 */
export type DriftStatus__Output = typeof DriftStatus[keyof typeof DriftStatus]
