// Original file: proto/mlmesh/prediction/v1/prediction_service.proto

import type { ServableStatus as _mlmesh_prediction_v1_ServableStatus, ServableStatus__Output as _mlmesh_prediction_v1_ServableStatus__Output } from '../../../mlmesh/prediction/v1/ServableStatus.ts';

/**
 * Says which versions are hosted.
 */
export interface ModelStatusResponse {
  /**
   * By model and version.
   */
  'servables'?: (_mlmesh_prediction_v1_ServableStatus)[];
}

/**
 * Says which versions are hosted.
 */
export interface ModelStatusResponse__Output {
  /**
   * By model and version.
   */
  'servables': (_mlmesh_prediction_v1_ServableStatus__Output)[];
}
