// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { FeatureRows as _mlmesh_feature_v1_FeatureRows, FeatureRows__Output as _mlmesh_feature_v1_FeatureRows__Output } from '../../../mlmesh/feature/v1/FeatureRows.ts';

/**
 * Gives the recomputed vectors.
 */
export interface RecomputeResponse {
  /**
   * In the order of the query; log_offset is 0.
   */
  'rows'?: (_mlmesh_feature_v1_FeatureRows | null);
  /**
   * One byte a row: 1 where the row reaches events that were erased after its log offset, so that what was
   * answered then can't be computed any more; 0 elsewhere. Empty where no row does.
   */
  'erased'?: (Buffer | Uint8Array | string);
}

/**
 * Gives the recomputed vectors.
 */
export interface RecomputeResponse__Output {
  /**
   * In the order of the query; log_offset is 0.
   */
  'rows': (_mlmesh_feature_v1_FeatureRows__Output | null);
  /**
   * One byte a row: 1 where the row reaches events that were erased after its log offset, so that what was
   * answered then can't be computed any more; 0 elsewhere. Empty where no row does.
   */
  'erased': (Buffer);
}
