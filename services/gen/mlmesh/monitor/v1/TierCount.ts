// Original file: proto/mlmesh/monitor/v1/monitor_service.proto

import type { Tier as _mlmesh_common_v1_Tier, Tier__Output as _mlmesh_common_v1_Tier__Output } from '../../../mlmesh/common/v1/Tier.ts';

/**
 * Answers of one tier and version.
 */
export interface TierCount {
  /**
   * Who answered.
   */
  'tier'?: (_mlmesh_common_v1_Tier);
  /**
   * Version; 0 for the rules.
   */
  'version'?: (number);
  /**
   * Answers.
   */
  'count'?: (number | string);
  /**
   * Answers of the last minute, in whole stretches of 10 s.
   */
  'recentCount'?: (number | string);
}

/**
 * Answers of one tier and version.
 */
export interface TierCount__Output {
  /**
   * Who answered.
   */
  'tier': (_mlmesh_common_v1_Tier__Output);
  /**
   * Version; 0 for the rules.
   */
  'version': (number);
  /**
   * Answers.
   */
  'count': (number);
  /**
   * Answers of the last minute, in whole stretches of 10 s.
   */
  'recentCount': (number);
}
