// Original file: proto/mlmesh/monitor/v1/drift.proto

import type { QualityFigures as _mlmesh_monitor_v1_QualityFigures, QualityFigures__Output as _mlmesh_monitor_v1_QualityFigures__Output } from '../../../mlmesh/monitor/v1/QualityFigures.ts';
import type { QualitySegment as _mlmesh_monitor_v1_QualitySegment, QualitySegment__Output as _mlmesh_monitor_v1_QualitySegment__Output } from '../../../mlmesh/monitor/v1/QualitySegment.ts';

/**
 * How good the answers of a version were, by their outcomes. Bounds are two-sided, 95 %, of a single look at independent rows.
 */
export interface GetQualityResponse {
  /**
   * Version; 0 while none has answered.
   */
  'version'?: (number);
  /**
   * Whether enough of the answers that should have an outcome by now have one, so that the figures are not of the early ones alone.
   */
  'isMature'?: (boolean);
  /**
   * Answers that should have an outcome by now.
   */
  'due'?: (number | string);
  /**
   * Those that have one.
   */
  'dueLabelled'?: (number | string);
  /**
   * Share of them below which the answers are not mature, 0 to 1.
   */
  'maturityMin'?: (number | string);
  /**
   * After so many milliseconds an answer should have an outcome, by the time of the predictions.
   */
  'labelHorizonMs'?: (number | string);
  /**
   * First and last time of an answer with an outcome, milliseconds since the Unix epoch (virtual in a replay).
   */
  'fromMs'?: (number | string);
  /**
   * The last one.
   */
  'untilMs'?: (number | string);
  /**
   * Figures over all of them; absent while there are none.
   */
  'all'?: (_mlmesh_monitor_v1_QualityFigures | null);
  /**
   * Figures by the values of the join keys, most rows first: at most ten of each key that have 100 rows or more.
   */
  'segments'?: (_mlmesh_monitor_v1_QualitySegment)[];
}

/**
 * How good the answers of a version were, by their outcomes. Bounds are two-sided, 95 %, of a single look at independent rows.
 */
export interface GetQualityResponse__Output {
  /**
   * Version; 0 while none has answered.
   */
  'version': (number);
  /**
   * Whether enough of the answers that should have an outcome by now have one, so that the figures are not of the early ones alone.
   */
  'isMature': (boolean);
  /**
   * Answers that should have an outcome by now.
   */
  'due': (number);
  /**
   * Those that have one.
   */
  'dueLabelled': (number);
  /**
   * Share of them below which the answers are not mature, 0 to 1.
   */
  'maturityMin': (number);
  /**
   * After so many milliseconds an answer should have an outcome, by the time of the predictions.
   */
  'labelHorizonMs': (number);
  /**
   * First and last time of an answer with an outcome, milliseconds since the Unix epoch (virtual in a replay).
   */
  'fromMs': (number);
  /**
   * The last one.
   */
  'untilMs': (number);
  /**
   * Figures over all of them; absent while there are none.
   */
  'all': (_mlmesh_monitor_v1_QualityFigures__Output | null);
  /**
   * Figures by the values of the join keys, most rows first: at most ten of each key that have 100 rows or more.
   */
  'segments': (_mlmesh_monitor_v1_QualitySegment__Output)[];
}
