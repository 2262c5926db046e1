import { definitionInvalid } from './definition-error.ts';
import { type DurationText, durationOf } from './duration-text.ts';

/** How a model is watched, as an author writes it. Everything has a default. */
export interface MonitoringOptions {
  /** When inputs count as drifted. */
  readonly drift?: DriftOptions;
  /** When outputs count as shifted. */
  readonly output?: OutputOptions;
  /** When the business results of the model count as better or worse than those of the control cohort. */
  readonly lift?: LiftOptions;
  /** When labels suffice to judge quality. */
  readonly quality?: QualityOptions;
}

/** When the mean output of windows counts as shifted. */
export interface OutputOptions {
  /**
   * `cusum`: a cumulative sum of how far window means are off, in deviations of window means. `mean`: the plain rule, so many windows in a row that are off by `deviations`. Default: `cusum`.
   */
  readonly rule?: 'cusum' | 'mean';
  /** What a window may be off without counting, in deviations. Default: 0.5. */
  readonly slack?: number;
  /** Sum that alarms, in deviations. Default: 5: a false alarm in some 465 windows, a shift of one deviation found in 10. */
  readonly limit?: number;
  /** Default: 2. */
  readonly deviations?: number;
  /** Windows in a row that have to be off to the same side by the rule `mean`. Default: 2; 1 alarms falsely in every 22nd window. */
  readonly windowsNeeded?: number;
}

/** When a lift is judged. Values are in the unit of `businessValue`, or of what comes with the outcomes. */
export interface LiftOptions {
  /** Chance, over all looks together, that a verdict is ever wrong. Default: 0.05. */
  readonly alpha?: number;
  /** Requests with an outcome at which the bounds are tightest: where a decision is expected. Default: 5,000. */
  readonly requestsPlanned?: number;
  /** Lift per request above which the model counts as better. Default: 0. */
  readonly liftMin?: number;
  /** Loss per request that is tolerated. Default: 0. */
  readonly margin?: number;
  /** Name of an input that tells entities apart before they are answered, such as last month's value: it reduces the variance. Default: none. */
  readonly covariate?: string;
}

/** When labels suffice. */
export interface QualityOptions {
  /** After so long a label should be there, by the time of the predictions. Default: 1d. */
  readonly labelHorizon?: DurationText;
  /** Share of the answers older than that which must have one. Default: 0.8. */
  readonly maturityMin?: number;
}

/** When the distribution of inputs counts as drifted. */
export interface DriftOptions {
  /**
   * How much time is compared with the reference at once; windows begin at multiples of it since the Unix epoch. Default: as long as the windows of the version's reference profile, a day as a rule, since thresholds are
   * about those, and since an hour of the day is never like all of them.
   */
  readonly window?: DurationText;
  /** Alerts a week, over all columns, that windows like those of the reference may raise. Default: none; then thresholds are what is usual and three deviations. */
  readonly falseAlertsPerWeek?: number;
  /** Most that a p-value may be after the adjustment over all columns. Default: 0.01. */
  readonly significance?: number;
  /** Effective rows below which a window is not judged, by Kish's formula over entities. Default: 500. */
  readonly effectiveRowsMin?: number;
  /** So many of the last `windowsLooked` windows raise, or clear. Default: 2 of 3. */
  readonly windowsNeeded?: number;
  readonly windowsLooked?: number;
  /**
   * `effect`: an effect, and significance, and persistence. `ks`: the plain rule, a Kolmogorov-Smirnov test below `significance` in one window. That alarms falsely in a share `significance` of the windows of each column, and at a
   * million rows for a shift of 0.005 deviations. Default: `effect`.
   */
  readonly rule?: 'effect' | 'ks';
}

/** How a model is watched, with all defaults in place. */
export interface MonitoringPlan {
  readonly drift: DriftPlan;
  readonly output: OutputPlan;
  readonly lift: LiftPlan;
  readonly quality: QualityPlan;
}

/** When outputs count as shifted, with all defaults in place. */
export type OutputPlan = Required<OutputOptions>;

/** When a lift is judged, with all defaults in place; the covariate is empty for none. */
export type LiftPlan = Required<LiftOptions>;

/** When labels suffice, with all defaults in place. */
export interface QualityPlan {
  readonly labelHorizonMs: number;
  readonly maturityMin: number;
}

/** When inputs count as drifted, with all defaults in place. */
export interface DriftPlan {
  /** 0: as long as the windows of the reference profile. */
  readonly windowMs: number;
  /** 0: thresholds are what is usual and three deviations. */
  readonly falseAlertsPerWeek: number;
  readonly significance: number;
  readonly effectiveRowsMin: number;
  readonly windowsNeeded: number;
  readonly windowsLooked: number;
  readonly rule: 'effect' | 'ks';
}

/**
 * Gives how a model is watched.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID when a setting is out of range.
 */
export function monitoringPlan(options: MonitoringOptions = {}): MonitoringPlan {
  return {
    drift: driftPlan(options.drift),
    output: outputPlan(options.output),
    lift: liftPlan(options.lift),
    quality: qualityPlan(options.quality),
  };
}

function outputPlan(options: OutputOptions = {}): OutputPlan {
  const plan = {
    ...{ rule: 'cusum' as const, slack: 0.5, limit: 5, deviations: 2, windowsNeeded: 2 },
    ...options,
  };
  for (const name of ['limit', 'deviations'] as const) {
    if (!(plan[name] > 0)) throw invalid(`output.${name}`, 'a number above 0', plan[name]);
  }
  if (!(plan.slack >= 0)) throw invalid('output.slack', 'a number of 0 or more', plan.slack);
  if (!(Number.isInteger(plan.windowsNeeded) && plan.windowsNeeded >= 1)) {
    throw invalid('output.windowsNeeded', 'whole windows', plan.windowsNeeded);
  }
  return plan;
}

function liftPlan(options: LiftOptions = {}): LiftPlan {
  const plan = {
    ...{ alpha: 0.05, requestsPlanned: 5_000, liftMin: 0, margin: 0, covariate: '' },
    ...options,
  };
  if (!(plan.alpha > 0 && plan.alpha < 0.5)) {
    throw invalid('lift.alpha', 'a chance between 0 and 0.5', plan.alpha);
  }
  if (!(plan.requestsPlanned >= 1)) {
    throw invalid('lift.requestsPlanned', 'a number of 1 or more', plan.requestsPlanned);
  }
  if (!Number.isFinite(plan.liftMin)) throw invalid('lift.liftMin', 'a number', plan.liftMin);
  if (!(plan.margin >= 0)) throw invalid('lift.margin', 'a number of 0 or more', plan.margin);
  return plan;
}

function qualityPlan({ labelHorizon = '1d', maturityMin = 0.8 }: QualityOptions = {}): QualityPlan {
  if (!(maturityMin >= 0 && maturityMin <= 1)) {
    throw invalid('quality.maturityMin', 'a share of 0 to 1', maturityMin);
  }
  const labelHorizonMs = durationOf(labelHorizon, 'policy, monitoring.quality.labelHorizon', 0);
  return { labelHorizonMs, maturityMin };
}

function driftPlan(options: DriftOptions = {}): DriftPlan {
  const { window, falseAlertsPerWeek = 0, significance = 0.01, rule = 'effect' } = options;
  const { effectiveRowsMin = 500, windowsNeeded = 2, windowsLooked = 3 } = options;
  const windowMs = window === undefined ? 0 : durationOf(window, 'policy, monitoring.drift.window');
  if (windowMs > 0 && windowMs % minuteMs !== 0) {
    throw invalid('drift.window', 'whole minutes', windowMs / minuteMs);
  }
  if (!(falseAlertsPerWeek >= 0 && Number.isFinite(falseAlertsPerWeek))) {
    throw invalid('drift.falseAlertsPerWeek', 'a number of 0 or more', falseAlertsPerWeek);
  }
  if (!(significance > 0 && significance < 1)) {
    throw invalid('drift.significance', 'a number between 0 and 1', significance);
  }
  if (!(effectiveRowsMin >= 1)) {
    throw invalid('drift.effectiveRowsMin', 'a number of 1 or more', effectiveRowsMin);
  }
  const isWhole = Number.isInteger(windowsNeeded) && Number.isInteger(windowsLooked);
  if (!isWhole || windowsNeeded < 1 || windowsLooked < windowsNeeded) {
    throw invalid('drift.windowsNeeded', '1 to windowsLooked whole windows', windowsNeeded);
  }
  return {
    ...{ windowMs, falseAlertsPerWeek, significance, effectiveRowsMin },
    ...{ windowsNeeded, windowsLooked, rule },
  };
}

const minuteMs = 60_000;

function invalid(name: string, wanted: string, got: number): Error {
  return definitionInvalid(`policy, monitoring.${name}`, `wanted ${wanted}, got ${got}`);
}
