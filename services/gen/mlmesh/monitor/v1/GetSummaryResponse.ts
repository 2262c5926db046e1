// Original file: proto/mlmesh/monitor/v1/monitor_service.proto

import type { TierCount as _mlmesh_monitor_v1_TierCount, TierCount__Output as _mlmesh_monitor_v1_TierCount__Output } from '../../../mlmesh/monitor/v1/TierCount.ts';
import type { Alert as _mlmesh_monitor_v1_Alert, Alert__Output as _mlmesh_monitor_v1_Alert__Output } from '../../../mlmesh/monitor/v1/Alert.ts';

/**
 * Figures of a model.
 */
export interface GetSummaryResponse {
  /**
   * Predictions logged.
   */
  'predictions'?: (number | string);
  /**
   * Answers by tier and version.
   */
  'tiers'?: (_mlmesh_monitor_v1_TierCount)[];
  /**
   * Predictions per second over the last 5 s.
   */
  'predictionsPerSecond'?: (number | string);
  /**
   * Median milliseconds in the router over the last minute; 0 when there is nothing.
   */
  'latencyP50Ms'?: (number | string);
  /**
   * 99th percentile of the same.
   */
  'latencyP99Ms'?: (number | string);
  /**
   * Usable answers of shadows to predictions, over all shadows.
   */
  'shadowPairs'?: (number | string);
  /**
   * Answers that the shadows were to give.
   */
  'shadowExpected'?: (number | string);
  /**
   * Share of pairs with the same decision at the policy's threshold, 0 to 1; 0 when there are none.
   */
  'shadowAgreement'?: (number | string);
  /**
   * Mean absolute difference of the paired scores.
   */
  'shadowScoreDifference'?: (number | string);
  /**
   * Area under the ROC curve of the model's own answers that have an outcome, 0 to 1; 0 when it can't be said yet.
   */
  'auc'?: (number | string);
  /**
   * Predictions that have an outcome.
   */
  'outcomes'?: (number | string);
  /**
   * Mean business value a prediction with an outcome.
   */
  'businessValue'?: (number | string);
  /**
   * Sampled answers that were computed again.
   */
  'parityChecked'?: (number | string);
  /**
   * Answers that differed in any bit.
   */
  'parityMismatches'?: (number | string);
  /**
   * Sampled answers that wait for their audit.
   */
  'parityPending'?: (number | string);
  /**
   * Alerts that are firing.
   */
  'alerts'?: (_mlmesh_monitor_v1_Alert)[];
  /**
   * Records that routers dropped.
   */
  'dropped'?: (number | string);
  /**
   * Newest time of a prediction, milliseconds since the Unix epoch (virtual in a replay).
   */
  'newestAtMs'?: (number | string);
  /**
   * Share of the answers of the last minute that a lower tier gave though the model was meant to, 0 to 1; 0 when there is nothing.
   */
  'recentDegradedShare'?: (number | string);
}

/**
 * Figures of a model.
 */
export interface GetSummaryResponse__Output {
  /**
   * Predictions logged.
   */
  'predictions': (number);
  /**
   * Answers by tier and version.
   */
  'tiers': (_mlmesh_monitor_v1_TierCount__Output)[];
  /**
   * Predictions per second over the last 5 s.
   */
  'predictionsPerSecond': (number);
  /**
   * Median milliseconds in the router over the last minute; 0 when there is nothing.
   */
  'latencyP50Ms': (number);
  /**
   * 99th percentile of the same.
   */
  'latencyP99Ms': (number);
  /**
   * Usable answers of shadows to predictions, over all shadows.
   */
  'shadowPairs': (number);
  /**
   * Answers that the shadows were to give.
   */
  'shadowExpected': (number);
  /**
   * Share of pairs with the same decision at the policy's threshold, 0 to 1; 0 when there are none.
   */
  'shadowAgreement': (number);
  /**
   * Mean absolute difference of the paired scores.
   */
  'shadowScoreDifference': (number);
  /**
   * Area under the ROC curve of the model's own answers that have an outcome, 0 to 1; 0 when it can't be said yet.
   */
  'auc': (number);
  /**
   * Predictions that have an outcome.
   */
  'outcomes': (number);
  /**
   * Mean business value a prediction with an outcome.
   */
  'businessValue': (number);
  /**
   * Sampled answers that were computed again.
   */
  'parityChecked': (number);
  /**
   * Answers that differed in any bit.
   */
  'parityMismatches': (number);
  /**
   * Sampled answers that wait for their audit.
   */
  'parityPending': (number);
  /**
   * Alerts that are firing.
   */
  'alerts': (_mlmesh_monitor_v1_Alert__Output)[];
  /**
   * Records that routers dropped.
   */
  'dropped': (number);
  /**
   * Newest time of a prediction, milliseconds since the Unix epoch (virtual in a replay).
   */
  'newestAtMs': (number);
  /**
   * Share of the answers of the last minute that a lower tier gave though the model was meant to, 0 to 1; 0 when there is nothing.
   */
  'recentDegradedShare': (number);
}
