// Original file: proto/mlmesh/router/v1/router_service.proto

import type { Tier as _mlmesh_common_v1_Tier, Tier__Output as _mlmesh_common_v1_Tier__Output } from '../../../mlmesh/common/v1/Tier.ts';

/**
 * A tier that did not answer.
 */
export interface SkippedTier {
  /**
   * Which.
   */
  'tier'?: (_mlmesh_common_v1_Tier);
  /**
   * Version of it; 0 for the rules.
   */
  'version'?: (number);
  /**
   * One of mlmesh.common.v1.ErrorReason, without its prefix.
   */
  'reason'?: (string);
}

/**
 * A tier that did not answer.
 */
export interface SkippedTier__Output {
  /**
   * Which.
   */
  'tier': (_mlmesh_common_v1_Tier__Output);
  /**
   * Version of it; 0 for the rules.
   */
  'version': (number);
  /**
   * One of mlmesh.common.v1.ErrorReason, without its prefix.
   */
  'reason': (string);
}
