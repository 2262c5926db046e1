// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { AnswerMismatch as _mlmesh_feature_v1_AnswerMismatch, AnswerMismatch__Output as _mlmesh_feature_v1_AnswerMismatch__Output } from '../../../mlmesh/feature/v1/AnswerMismatch.ts';
import type { FeatureSetAudit as _mlmesh_feature_v1_FeatureSetAudit, FeatureSetAudit__Output as _mlmesh_feature_v1_FeatureSetAudit__Output } from '../../../mlmesh/feature/v1/FeatureSetAudit.ts';

/**
 * What an audit found. Parity, freshness and the effect of late data are different things: only a mismatch is an error.
 */
export interface AuditSummary {
  /**
   * Answers (rows) that were computed again.
   */
  'answers'?: (number | string);
  /**
   * Values of those: answers x view columns; estimates (`parity: 'approx'`) are left out.
   */
  'cells'?: (number | string);
  /**
   * Cells whose value or status differs in any bit from what the plain definition gives at the same (t, L).
   */
  'mismatches'?: (number | string);
  /**
   * Answers with such a cell.
   */
  'mismatchedAnswers'?: (number | string);
  /**
   * Freshness: cells that would have another value had the log held all that it holds now.
   */
  'changedSince'?: (number | string);
  /**
   * Late data: cells that would have another value had the late events of the log been there in time. An event is late when it
   * came after an event of its source that is visible later; those that a policy dropped are not in the figure.
   */
  'lateEffects'?: (number | string);
  /**
   * Answers that could not be audited: their feature set is not defined any more, the arithmetic has another version, they
   * reach events that were erased since, or to compute them again failed, of which the log of the service says why.
   */
  'unauditable'?: (number | string);
  /**
   * Answers that the log of answers holds.
   */
  'logged'?: (number | string);
  /**
   * Answers that were given and could not be logged since the service started: the log did not keep up. They were not audited.
   */
  'dropped'?: (number | string);
  /**
   * Number of the newest answer that was looked at; 0 when there was none.
   */
  'lastAnswer'?: (number | string);
  /**
   * The newest mismatches in detail.
   */
  'examples'?: (_mlmesh_feature_v1_AnswerMismatch)[];
  /**
   * Figures of each feature set, by its name.
   */
  'featureSets'?: (_mlmesh_feature_v1_FeatureSetAudit)[];
}

/**
 * What an audit found. Parity, freshness and the effect of late data are different things: only a mismatch is an error.
 */
export interface AuditSummary__Output {
  /**
   * Answers (rows) that were computed again.
   */
  'answers': (number);
  /**
   * Values of those: answers x view columns; estimates (`parity: 'approx'`) are left out.
   */
  'cells': (number);
  /**
   * Cells whose value or status differs in any bit from what the plain definition gives at the same (t, L).
   */
  'mismatches': (number);
  /**
   * Answers with such a cell.
   */
  'mismatchedAnswers': (number);
  /**
   * Freshness: cells that would have another value had the log held all that it holds now.
   */
  'changedSince': (number);
  /**
   * Late data: cells that would have another value had the late events of the log been there in time. An event is late when it
   * came after an event of its source that is visible later; those that a policy dropped are not in the figure.
   */
  'lateEffects': (number);
  /**
   * Answers that could not be audited: their feature set is not defined any more, the arithmetic has another version, they
   * reach events that were erased since, or to compute them again failed, of which the log of the service says why.
   */
  'unauditable': (number);
  /**
   * Answers that the log of answers holds.
   */
  'logged': (number);
  /**
   * Answers that were given and could not be logged since the service started: the log did not keep up. They were not audited.
   */
  'dropped': (number);
  /**
   * Number of the newest answer that was looked at; 0 when there was none.
   */
  'lastAnswer': (number);
  /**
   * The newest mismatches in detail.
   */
  'examples': (_mlmesh_feature_v1_AnswerMismatch__Output)[];
  /**
   * Figures of each feature set, by its name.
   */
  'featureSets': (_mlmesh_feature_v1_FeatureSetAudit__Output)[];
}
