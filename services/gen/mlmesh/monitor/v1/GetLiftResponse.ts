// Original file: proto/mlmesh/monitor/v1/drift.proto

import type { LiftVerdict as _mlmesh_monitor_v1_LiftVerdict, LiftVerdict__Output as _mlmesh_monitor_v1_LiftVerdict__Output } from '../../../mlmesh/monitor/v1/LiftVerdict.ts';
import type { CohortFigures as _mlmesh_monitor_v1_CohortFigures, CohortFigures__Output as _mlmesh_monitor_v1_CohortFigures__Output } from '../../../mlmesh/monitor/v1/CohortFigures.ts';

/**
 * What a version brought to the business, against the control cohort of the same time.
 */
export interface GetLiftResponse {
  /**
   * Version; 0 while none was to answer.
   */
  'version'?: (number);
  /**
   * Who gains; `undecided` while it can't be said, `invalid` where the cohorts have not the sizes that they were to have.
   */
  'verdict'?: (_mlmesh_monitor_v1_LiftVerdict);
  /**
   * First time of an answer that was looked at, milliseconds since the Unix epoch (virtual in a replay); 0 when there are none.
   */
  'fromMs'?: (number | string);
  /**
   * Last time.
   */
  'untilMs'?: (number | string);
  /**
   * Value of the model cohort's mean request with an outcome, whoever answered it.
   */
  'modelCohort'?: (_mlmesh_monitor_v1_CohortFigures | null);
  /**
   * The same of the control cohort.
   */
  'controlCohort'?: (_mlmesh_monitor_v1_CohortFigures | null);
  /**
   * The version that answered before it, up to 20,000 answers; absent when the log has none.
   */
  'before'?: (_mlmesh_monitor_v1_CohortFigures | null);
  /**
   * Difference of the means per request, after what was known of the entities before has been taken out.
   */
  'lift'?: (number | string);
  /**
   * Lower bound of it, at every look at once with chance 1 - alpha; minus infinity while it can't be said.
   */
  'lower'?: (number | string);
  /**
   * Upper bound of it.
   */
  'upper'?: (number | string);
  /**
   * Lift over the mean of control; absent where that is 0.
   */
  'relativeLift'?: (number | string);
  /**
   * Anytime-valid p-value of "no loss above the margin", 0 to 1.
   */
  'harmPValue'?: (number | string);
  /**
   * Share of the variance that the covariate leaves, 0 to 1.
   */
  'varianceLeft'?: (number | string);
  /**
   * Share of the entities that the model cohort was to get, 0 to 1.
   */
  'wantedShare'?: (number | string);
  /**
   * Share that it got.
   */
  'share'?: (number | string);
  /**
   * Anytime-valid p-value of that share, 0 to 1; below 0.001 the cohorts have not their sizes.
   */
  'sampleRatioPValue'?: (number | string);
  /**
   * Chance that a verdict is ever wrong.
   */
  'alpha'?: (number | string);
  /**
   * Lift above which the model is better.
   */
  'liftMin'?: (number | string);
  /**
   * Loss that is tolerated.
   */
  'margin'?: (number | string);
  /**
   * What explains a loss, for people: latency, degraded answers, worse answers; empty without a loss.
   */
  'explanation'?: (string);
  /**
   * Predictions of all models that were looked at, the newest first.
   */
  'scanned'?: (number | string);
  /**
   * Whether the version may have older answers that were not looked at.
   */
  'isCut'?: (boolean);
  /**
   * When the log was looked at, milliseconds since the Unix epoch by the monitor's clock.
   */
  'asOfMs'?: (number | string);
  '_relativeLift'?: "relativeLift";
}

/**
 * What a version brought to the business, against the control cohort of the same time.
 */
export interface GetLiftResponse__Output {
  /**
   * Version; 0 while none was to answer.
   */
  'version': (number);
  /**
   * Who gains; `undecided` while it can't be said, `invalid` where the cohorts have not the sizes that they were to have.
   */
  'verdict': (_mlmesh_monitor_v1_LiftVerdict__Output);
  /**
   * First time of an answer that was looked at, milliseconds since the Unix epoch (virtual in a replay); 0 when there are none.
   */
  'fromMs': (number);
  /**
   * Last time.
   */
  'untilMs': (number);
  /**
   * Value of the model cohort's mean request with an outcome, whoever answered it.
   */
  'modelCohort': (_mlmesh_monitor_v1_CohortFigures__Output | null);
  /**
   * The same of the control cohort.
   */
  'controlCohort': (_mlmesh_monitor_v1_CohortFigures__Output | null);
  /**
   * The version that answered before it, up to 20,000 answers; absent when the log has none.
   */
  'before': (_mlmesh_monitor_v1_CohortFigures__Output | null);
  /**
   * Difference of the means per request, after what was known of the entities before has been taken out.
   */
  'lift': (number);
  /**
   * Lower bound of it, at every look at once with chance 1 - alpha; minus infinity while it can't be said.
   */
  'lower': (number);
  /**
   * Upper bound of it.
   */
  'upper': (number);
  /**
   * Lift over the mean of control; absent where that is 0.
   */
  'relativeLift'?: (number);
  /**
   * Anytime-valid p-value of "no loss above the margin", 0 to 1.
   */
  'harmPValue': (number);
  /**
   * Share of the variance that the covariate leaves, 0 to 1.
   */
  'varianceLeft': (number);
  /**
   * Share of the entities that the model cohort was to get, 0 to 1.
   */
  'wantedShare': (number);
  /**
   * Share that it got.
   */
  'share': (number);
  /**
   * Anytime-valid p-value of that share, 0 to 1; below 0.001 the cohorts have not their sizes.
   */
  'sampleRatioPValue': (number);
  /**
   * Chance that a verdict is ever wrong.
   */
  'alpha': (number);
  /**
   * Lift above which the model is better.
   */
  'liftMin': (number);
  /**
   * Loss that is tolerated.
   */
  'margin': (number);
  /**
   * What explains a loss, for people: latency, degraded answers, worse answers; empty without a loss.
   */
  'explanation': (string);
  /**
   * Predictions of all models that were looked at, the newest first.
   */
  'scanned': (number);
  /**
   * Whether the version may have older answers that were not looked at.
   */
  'isCut': (boolean);
  /**
   * When the log was looked at, milliseconds since the Unix epoch by the monitor's clock.
   */
  'asOfMs': (number);
  '_relativeLift'?: "relativeLift";
}
