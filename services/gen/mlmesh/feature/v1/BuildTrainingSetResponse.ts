// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { Progress as _mlmesh_feature_v1_Progress, Progress__Output as _mlmesh_feature_v1_Progress__Output } from '../../../mlmesh/feature/v1/Progress.ts';
import type { TrainingRows as _mlmesh_feature_v1_TrainingRows, TrainingRows__Output as _mlmesh_feature_v1_TrainingRows__Output } from '../../../mlmesh/feature/v1/TrainingRows.ts';
import type { TrainingManifest as _mlmesh_feature_v1_TrainingManifest, TrainingManifest__Output as _mlmesh_feature_v1_TrainingManifest__Output } from '../../../mlmesh/feature/v1/TrainingManifest.ts';

/**
 * A step of a training set: progress, rows, and last the manifest.
 */
export interface BuildTrainingSetResponse {
  /**
   * How far it is.
   */
  'progress'?: (_mlmesh_feature_v1_Progress | null);
  /**
   * Rows in the order of (time, event id).
   */
  'rows'?: (_mlmesh_feature_v1_TrainingRows | null);
  /**
   * What the set was made of; the last message.
   */
  'manifest'?: (_mlmesh_feature_v1_TrainingManifest | null);
  /**
   * Which of the three.
   */
  'part'?: "progress"|"rows"|"manifest";
}

/**
 * A step of a training set: progress, rows, and last the manifest.
 */
export interface BuildTrainingSetResponse__Output {
  /**
   * How far it is.
   */
  'progress'?: (_mlmesh_feature_v1_Progress__Output | null);
  /**
   * Rows in the order of (time, event id).
   */
  'rows'?: (_mlmesh_feature_v1_TrainingRows__Output | null);
  /**
   * What the set was made of; the last message.
   */
  'manifest'?: (_mlmesh_feature_v1_TrainingManifest__Output | null);
  /**
   * Which of the three.
   */
  'part'?: "progress"|"rows"|"manifest";
}
