// Original file: proto/mlmesh/monitor/v1/drift.proto

import type { DriftingAspect as _mlmesh_monitor_v1_DriftingAspect, DriftingAspect__Output as _mlmesh_monitor_v1_DriftingAspect__Output } from '../../../mlmesh/monitor/v1/DriftingAspect.ts';

/**
 * One column of a window against its reference.
 */
export interface ColumnDrift {
  /**
   * Name of the column.
   */
  'name'?: (string);
  /**
   * Whether it is an output rather than an input.
   */
  'isOutput'?: (boolean);
  /**
   * Test that decides: `ks` over the bins of the reference, or `chi-square` over categories.
   */
  'test'?: (string);
  /**
   * Largest distance of the cumulative distributions, 0 to 1.
   */
  'effect'?: (number | string);
  /**
   * Effect above which the column counts as drifted, 0 to 1.
   */
  'threshold'?: (number | string);
  /**
   * p-value of the test, 0 to 1.
   */
  'pValue'?: (number | string);
  /**
   * The same adjusted for all that was tested in the window, after Benjamini and Hochberg; 1 where it was not judged.
   */
  'adjustedPValue'?: (number | string);
  /**
   * Population stability index over ten merged bins, nats.
   */
  'psi'?: (number | string);
  /**
   * Jensen-Shannon distance, 0 to 1.
   */
  'jensenShannon'?: (number | string);
  /**
   * Wasserstein distance in standard deviations of the reference; absent where that does not vary.
   */
  'wasserstein'?: (number | string);
  /**
   * Share of values that the feature service did not give, less that of the reference, -1 to 1.
   */
  'missingDifference'?: (number | string);
  /**
   * Share of values that are of no category of the reference, 0 to 1.
   */
  'unseenShare'?: (number | string);
  /**
   * Median of the reference, as the upper edge of its bin; absent without values.
   */
  'referenceMedian'?: (number | string);
  /**
   * Median of the window, as the upper edge of its bin; absent without values.
   */
  'median'?: (number | string);
  /**
   * What drifts after this window; empty where nothing does.
   */
  'drifting'?: (_mlmesh_monitor_v1_DriftingAspect)[];
  '_wasserstein'?: "wasserstein";
  '_referenceMedian'?: "referenceMedian";
  '_median'?: "median";
}

/**
 * One column of a window against its reference.
 */
export interface ColumnDrift__Output {
  /**
   * Name of the column.
   */
  'name': (string);
  /**
   * Whether it is an output rather than an input.
   */
  'isOutput': (boolean);
  /**
   * Test that decides: `ks` over the bins of the reference, or `chi-square` over categories.
   */
  'test': (string);
  /**
   * Largest distance of the cumulative distributions, 0 to 1.
   */
  'effect': (number);
  /**
   * Effect above which the column counts as drifted, 0 to 1.
   */
  'threshold': (number);
  /**
   * p-value of the test, 0 to 1.
   */
  'pValue': (number);
  /**
   * The same adjusted for all that was tested in the window, after Benjamini and Hochberg; 1 where it was not judged.
   */
  'adjustedPValue': (number);
  /**
   * Population stability index over ten merged bins, nats.
   */
  'psi': (number);
  /**
   * Jensen-Shannon distance, 0 to 1.
   */
  'jensenShannon': (number);
  /**
   * Wasserstein distance in standard deviations of the reference; absent where that does not vary.
   */
  'wasserstein'?: (number);
  /**
   * Share of values that the feature service did not give, less that of the reference, -1 to 1.
   */
  'missingDifference': (number);
  /**
   * Share of values that are of no category of the reference, 0 to 1.
   */
  'unseenShare': (number);
  /**
   * Median of the reference, as the upper edge of its bin; absent without values.
   */
  'referenceMedian'?: (number);
  /**
   * Median of the window, as the upper edge of its bin; absent without values.
   */
  'median'?: (number);
  /**
   * What drifts after this window; empty where nothing does.
   */
  'drifting': (_mlmesh_monitor_v1_DriftingAspect__Output)[];
  '_wasserstein'?: "wasserstein";
  '_referenceMedian'?: "referenceMedian";
  '_median'?: "median";
}
