// Original file: proto/mlmesh/monitor/v1/drift.proto

import type { QualityFigures as _mlmesh_monitor_v1_QualityFigures, QualityFigures__Output as _mlmesh_monitor_v1_QualityFigures__Output } from '../../../mlmesh/monitor/v1/QualityFigures.ts';

/**
 * Answers of one value of a join key.
 */
export interface QualitySegment {
  /**
   * Name of the join key.
   */
  'key'?: (string);
  /**
   * Its value.
   */
  'value'?: (string);
  /**
   * Figures.
   */
  'figures'?: (_mlmesh_monitor_v1_QualityFigures | null);
}

/**
 * Answers of one value of a join key.
 */
export interface QualitySegment__Output {
  /**
   * Name of the join key.
   */
  'key': (string);
  /**
   * Its value.
   */
  'value': (string);
  /**
   * Figures.
   */
  'figures': (_mlmesh_monitor_v1_QualityFigures__Output | null);
}
