// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { Progress as _mlmesh_feature_v1_Progress, Progress__Output as _mlmesh_feature_v1_Progress__Output } from '../../../mlmesh/feature/v1/Progress.ts';
import type { AuditSummary as _mlmesh_feature_v1_AuditSummary, AuditSummary__Output as _mlmesh_feature_v1_AuditSummary__Output } from '../../../mlmesh/feature/v1/AuditSummary.ts';

/**
 * A step of an audit: progress, and last the figures.
 */
export interface AuditAnswersResponse {
  /**
   * How far it is, in answers.
   */
  'progress'?: (_mlmesh_feature_v1_Progress | null);
  /**
   * What it found; the last message.
   */
  'summary'?: (_mlmesh_feature_v1_AuditSummary | null);
  /**
   * Which of the two.
   */
  'part'?: "progress"|"summary";
}

/**
 * A step of an audit: progress, and last the figures.
 */
export interface AuditAnswersResponse__Output {
  /**
   * How far it is, in answers.
   */
  'progress'?: (_mlmesh_feature_v1_Progress__Output | null);
  /**
   * What it found; the last message.
   */
  'summary'?: (_mlmesh_feature_v1_AuditSummary__Output | null);
  /**
   * Which of the two.
   */
  'part'?: "progress"|"summary";
}
