// Original file: proto/mlmesh/registry/v1/registry_service.proto

/**
 * How a kind of evidence stands.
 */
export const ChecklistState = {
  /**
   * Never sent.
   */
  CHECKLIST_STATE_UNSPECIFIED: 'CHECKLIST_STATE_UNSPECIFIED',
  /**
   * It passes.
   */
  CHECKLIST_STATE_PASSED: 'CHECKLIST_STATE_PASSED',
  /**
   * It failed.
   */
  CHECKLIST_STATE_FAILED: 'CHECKLIST_STATE_FAILED',
  /**
   * It could not be said.
   */
  CHECKLIST_STATE_INCONCLUSIVE: 'CHECKLIST_STATE_INCONCLUSIVE',
  /**
   * There is none.
   */
  CHECKLIST_STATE_MISSING: 'CHECKLIST_STATE_MISSING',
  /**
   * What there is does not hold any more.
   */
  CHECKLIST_STATE_STALE: 'CHECKLIST_STATE_STALE',
  /**
   * Nothing makes it yet, so it is not asked for.
   */
  CHECKLIST_STATE_NOT_REQUIRED: 'CHECKLIST_STATE_NOT_REQUIRED',
} as const;

/**
 * How a kind of evidence stands.
 */
export type ChecklistState =
  /**
   * Never sent.
   */
  | 'CHECKLIST_STATE_UNSPECIFIED'
  | 0
  /**
   * It passes.
   */
  | 'CHECKLIST_STATE_PASSED'
  | 1
  /**
   * It failed.
   */
  | 'CHECKLIST_STATE_FAILED'
  | 2
  /**
   * It could not be said.
   */
  | 'CHECKLIST_STATE_INCONCLUSIVE'
  | 3
  /**
   * There is none.
   */
  | 'CHECKLIST_STATE_MISSING'
  | 4
  /**
   * What there is does not hold any more.
   */
  | 'CHECKLIST_STATE_STALE'
  | 5
  /**
   * Nothing makes it yet, so it is not asked for.
   */
  | 'CHECKLIST_STATE_NOT_REQUIRED'
  | 6

/**
 * How a kind of evidence stands.
 */
export type ChecklistState__Output = typeof ChecklistState[keyof typeof ChecklistState]
