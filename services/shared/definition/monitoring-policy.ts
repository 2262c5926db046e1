import { definitionInvalid } from './definition-error.ts';
import { type DurationText, durationOf } from './duration-text.ts';

/** How a model is watched, as an author writes it. Everything has a default. */
export interface MonitoringOptions {
  /** When inputs count as drifted. */
  readonly drift?: DriftOptions;
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
  return { drift: driftPlan(options.drift) };
}

function driftPlan(options: DriftOptions = {}): DriftPlan {
  const { window, falseAlertsPerWeek = 0, significance = 0.01, rule = 'effect' } = options;
  const { effectiveRowsMin = 500, windowsNeeded = 2, windowsLooked = 3 } = options;
  const windowMs = window === undefined ? 0 : durationOf(window, 'policy, monitoring.drift.window');
  if (windowMs > 0 && windowMs % minuteMs !== 0) {
    throw invalid('window', 'whole minutes', windowMs / minuteMs);
  }
  if (!(falseAlertsPerWeek >= 0 && Number.isFinite(falseAlertsPerWeek))) {
    throw invalid('falseAlertsPerWeek', 'a number of 0 or more', falseAlertsPerWeek);
  }
  if (!(significance > 0 && significance < 1)) {
    throw invalid('significance', 'a number between 0 and 1', significance);
  }
  if (!(effectiveRowsMin >= 1)) {
    throw invalid('effectiveRowsMin', 'a number of 1 or more', effectiveRowsMin);
  }
  const isWhole = Number.isInteger(windowsNeeded) && Number.isInteger(windowsLooked);
  if (!isWhole || windowsNeeded < 1 || windowsLooked < windowsNeeded) {
    throw invalid('windowsNeeded', '1 to windowsLooked whole windows', windowsNeeded);
  }
  return {
    ...{ windowMs, falseAlertsPerWeek, significance, effectiveRowsMin },
    ...{ windowsNeeded, windowsLooked, rule },
  };
}

const minuteMs = 60_000;

function invalid(name: string, wanted: string, got: number): Error {
  return definitionInvalid(`policy, monitoring.drift.${name}`, `wanted ${wanted}, got ${got}`);
}
