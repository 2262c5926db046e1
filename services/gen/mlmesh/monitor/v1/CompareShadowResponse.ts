// Original file: proto/mlmesh/monitor/v1/judge.proto

import type { ShadowSegment as _mlmesh_monitor_v1_ShadowSegment, ShadowSegment__Output as _mlmesh_monitor_v1_ShadowSegment__Output } from '../../../mlmesh/monitor/v1/ShadowSegment.ts';
import type { CompareBin as _mlmesh_monitor_v1_CompareBin, CompareBin__Output as _mlmesh_monitor_v1_CompareBin__Output } from '../../../mlmesh/monitor/v1/CompareBin.ts';
import type { CompareLatency as _mlmesh_monitor_v1_CompareLatency, CompareLatency__Output as _mlmesh_monitor_v1_CompareLatency__Output } from '../../../mlmesh/monitor/v1/CompareLatency.ts';
import type { ComparedPair as _mlmesh_monitor_v1_ComparedPair, ComparedPair__Output as _mlmesh_monitor_v1_ComparedPair__Output } from '../../../mlmesh/monitor/v1/ComparedPair.ts';

/**
 * How a shadow compares, in detail.
 */
export interface CompareShadowResponse {
  /**
   * Those with the most requests, at most 50, and `(others)`.
   */
  'segments'?: (_mlmesh_monitor_v1_ShadowSegment)[];
  /**
   * Calibration of the shadow on known outcomes, from the least probable to the most.
   */
  'shadowBins'?: (_mlmesh_monitor_v1_CompareBin)[];
  /**
   * The same of the baseline.
   */
  'baselineBins'?: (_mlmesh_monitor_v1_CompareBin)[];
  /**
   * Of both versions' calls.
   */
  'latencies'?: (_mlmesh_monitor_v1_CompareLatency)[];
  /**
   * Pairs by the baseline's score and the shadow's: 20 x 20 counts, row-major, a row for each twentieth of the baseline's score.
   */
  'scoreCounts'?: (number | string)[];
  /**
   * The requests, the newest first; empty unless they were asked for.
   */
  'pairs'?: (_mlmesh_monitor_v1_ComparedPair)[];
  /**
   * Names of the join keys of the model, in the order of the keys of a pair; empty without pairs.
   */
  'keyNames'?: (string)[];
  /**
   * Policy of the gates as JSON; empty without pairs.
   */
  'policyJson'?: (string);
}

/**
 * How a shadow compares, in detail.
 */
export interface CompareShadowResponse__Output {
  /**
   * Those with the most requests, at most 50, and `(others)`.
   */
  'segments': (_mlmesh_monitor_v1_ShadowSegment__Output)[];
  /**
   * Calibration of the shadow on known outcomes, from the least probable to the most.
   */
  'shadowBins': (_mlmesh_monitor_v1_CompareBin__Output)[];
  /**
   * The same of the baseline.
   */
  'baselineBins': (_mlmesh_monitor_v1_CompareBin__Output)[];
  /**
   * Of both versions' calls.
   */
  'latencies': (_mlmesh_monitor_v1_CompareLatency__Output)[];
  /**
   * Pairs by the baseline's score and the shadow's: 20 x 20 counts, row-major, a row for each twentieth of the baseline's score.
   */
  'scoreCounts': (number)[];
  /**
   * The requests, the newest first; empty unless they were asked for.
   */
  'pairs': (_mlmesh_monitor_v1_ComparedPair__Output)[];
  /**
   * Names of the join keys of the model, in the order of the keys of a pair; empty without pairs.
   */
  'keyNames': (string)[];
  /**
   * Policy of the gates as JSON; empty without pairs.
   */
  'policyJson': (string);
}
