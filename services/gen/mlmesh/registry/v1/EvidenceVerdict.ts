// Original file: proto/mlmesh/registry/v1/registry_service.proto

/**
 * What evidence says.
 */
export const EvidenceVerdict = {
  /**
   * Never sent.
   */
  EVIDENCE_VERDICT_UNSPECIFIED: 'EVIDENCE_VERDICT_UNSPECIFIED',
  /**
   * It holds.
   */
  EVIDENCE_VERDICT_PASS: 'EVIDENCE_VERDICT_PASS',
  /**
   * It does not.
   */
  EVIDENCE_VERDICT_FAIL: 'EVIDENCE_VERDICT_FAIL',
  /**
   * It can't be said; this keeps a version out as a failure does.
   */
  EVIDENCE_VERDICT_INCONCLUSIVE: 'EVIDENCE_VERDICT_INCONCLUSIVE',
} as const;

/**
 * What evidence says.
 */
export type EvidenceVerdict =
  /**
   * Never sent.
   */
  | 'EVIDENCE_VERDICT_UNSPECIFIED'
  | 0
  /**
   * It holds.
   */
  | 'EVIDENCE_VERDICT_PASS'
  | 1
  /**
   * It does not.
   */
  | 'EVIDENCE_VERDICT_FAIL'
  | 2
  /**
   * It can't be said; this keeps a version out as a failure does.
   */
  | 'EVIDENCE_VERDICT_INCONCLUSIVE'
  | 3

/**
 * What evidence says.
 */
export type EvidenceVerdict__Output = typeof EvidenceVerdict[keyof typeof EvidenceVerdict]
