// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { Progress as _mlmesh_feature_v1_Progress, Progress__Output as _mlmesh_feature_v1_Progress__Output } from '../../../mlmesh/feature/v1/Progress.ts';
import type { MaterializedView as _mlmesh_feature_v1_MaterializedView, MaterializedView__Output as _mlmesh_feature_v1_MaterializedView__Output } from '../../../mlmesh/feature/v1/MaterializedView.ts';

/**
 * A step of it: progress, and last the summary.
 */
export interface MaterializeViewResponse {
  /**
   * How far it is, in months.
   */
  'progress'?: (_mlmesh_feature_v1_Progress | null);
  /**
   * What the grid holds now; the last message.
   */
  'summary'?: (_mlmesh_feature_v1_MaterializedView | null);
  /**
   * Which of the two.
   */
  'part'?: "progress"|"summary";
}

/**
 * A step of it: progress, and last the summary.
 */
export interface MaterializeViewResponse__Output {
  /**
   * How far it is, in months.
   */
  'progress'?: (_mlmesh_feature_v1_Progress__Output | null);
  /**
   * What the grid holds now; the last message.
   */
  'summary'?: (_mlmesh_feature_v1_MaterializedView__Output | null);
  /**
   * Which of the two.
   */
  'part'?: "progress"|"summary";
}
