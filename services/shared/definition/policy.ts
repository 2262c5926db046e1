import { defaultRamp, faultOfSteps, type RampPolicy } from '../kernel/ramp-policy.ts';
import { definitionInvalid } from './definition-error.ts';
import { type DurationText, durationOf } from './duration-text.ts';
import {
  type MonitoringOptions,
  type MonitoringPlan,
  monitoringPlan,
} from './monitoring-policy.ts';

/** How a model is served, as an author writes it. `J` are the names of the by-columns. */
export interface PolicyOptions<J extends string = string> {
  /** What the model may take at most. Default: 50 ms. */
  readonly modelBudget?: DurationText;
  /** Kept back for the fallback on top of its measured p99. Default: 5 ms. */
  readonly reserveMargin?: DurationText;
  /** Join keys whose values decide the cohort, so that one entity stays in one. */
  readonly cohortBy: readonly J[];
  /** Default: `fallback`. */
  readonly onModelTimeout?: 'fallback' | 'rules';
  /** Default: `fallback`. */
  readonly onModelError?: 'fallback' | 'rules';
  /** Default: `rules`. */
  readonly onFallbackError?: 'rules' | 'error';
  /** Share of features that may stand at their default before the model is not asked. Default: 1, it always is. */
  readonly missingFeaturesMax?: number;
  /** Who answers then. Default: `fallback`. */
  readonly onMissingFeatures?: 'fallback' | 'rules';
  /** How entities are assigned to cohorts. */
  readonly cohorts?: CohortOptions<NoInfer<J>>;
  /**
   * Share of requests that the shadows see as well. Default: 1. `reverseRate`: share of requests that the version sees which the answering one has replaced, or would
   * replace: the previous one behind production, production behind a canary. Default: 0.1.
   */
  readonly shadow?: { readonly rate?: number; readonly reverseRate?: number };
  /** Share of cohorts that the control serves, and what serves it. Default: 5 % by the rules. */
  readonly control?: { readonly share: number; readonly serve: 'rules' | 'previous' };
  /**
   * How a version on trial gets callers: its shares of the cohorts that control does not have, ascending, and how long each step lasts at least. Default: 1, 5, 10, 25, 50
   * and 100 %, an hour each.
   */
  readonly canary?: { readonly steps?: readonly number[]; readonly holdFor?: DurationText };
  /** The action is taken when the probability is at least this. Default: 0.5. */
  readonly threshold?: number;
  /** How the monitor watches the model. */
  readonly monitoring?: MonitoringOptions;
  /** Whether a version that does harm in production is taken back by itself, and what counts as harm. Default: `true`; `false` only wakes somebody. */
  readonly autoRollback?: boolean | AutoRollbackOptions;
}

/** What makes the monitor take a version back: always more than what the version before does on the same requests. */
export interface AutoRollbackOptions {
  /** Share of requests that may fail, or come too late, before it costs anything. Default: 0.005. */
  readonly errorBudget?: number;
  /** Share of answers that may take more than twice as long as 99 % of those of the version before. Default: 0.02. */
  readonly slowBudget?: number;
  /** By how much the Brier score on known outcomes may be worse. Default: 0.01. */
  readonly qualityMargin?: number;
  /** Pause after a rollback in which there is no other. Default: 30 min. */
  readonly coolDown?: DurationText;
}

/** {@link AutoRollbackOptions} with all defaults in place. */
export interface AutoRollbackPlan {
  /** Whether harm is acted on, or only told. */
  readonly isOn: boolean;
  /** Shares and a margin of 0 to 1. */
  readonly errorBudget: number;
  readonly slowBudget: number;
  readonly qualityMargin: number;
  readonly coolDownMs: number;
}

/** How entities are assigned to cohorts. `J` are the names of the by-columns. */
export interface CohortOptions<J extends string = string> {
  /** Which entities control has; another salt draws others. Default: the name of the model. */
  readonly salt?: string;
  /** Entities that production always answers, by the values of a column of `cohortBy`: neither control nor canary gets them. */
  readonly exclude?: KeyValues<J>;
  /** Entities that a canary answers first, by the values of a column of `cohortBy`: while it has any share, it has them. */
  readonly pin?: KeyValues<J>;
}

/** Values of join keys, by name: an entity is meant where any of its keys has one of them. */
export type KeyValues<J extends string = string> = { readonly [K in J]?: readonly string[] };

/** A policy with all defaults in place. */
export interface PolicyPlan {
  readonly modelBudgetMs: number;
  readonly reserveMarginMs: number;
  readonly cohortBy: readonly string[];
  readonly onModelTimeout: 'fallback' | 'rules';
  readonly onModelError: 'fallback' | 'rules';
  readonly onMissingFeatures: 'fallback' | 'rules';
  readonly onFallbackError: 'rules' | 'error';
  /** Share, 0 to 1. */
  readonly missingFeaturesMax: number;
  readonly cohorts: {
    /** '' is the name of the model. */
    readonly salt: string;
    readonly exclude: KeyValues;
    readonly pin: KeyValues;
  };
  /** Rates 0 to 1. */
  readonly shadow: { readonly rate: number; readonly reverseRate: number };
  /** Share 0 to 1 of the cohorts. */
  readonly control: { readonly share: number; readonly serve: 'rules' | 'previous' };
  readonly canary: RampPolicy;
  /** Probability, 0 to 1. */
  readonly threshold: number;
  readonly monitoring: MonitoringPlan;
  readonly autoRollback: AutoRollbackPlan;
}

/**
 * Gives a checked policy.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID when a share or a duration is out of range.
 */
export function policy<const J extends string>(options: PolicyOptions<J>): PolicyPlan {
  const plan: PolicyPlan = {
    modelBudgetMs: durationOf(options.modelBudget ?? '50ms', 'policy, modelBudget'),
    reserveMarginMs: durationOf(options.reserveMargin ?? '5ms', 'policy, reserveMargin', 0),
    cohortBy: options.cohortBy,
    onModelTimeout: options.onModelTimeout ?? 'fallback',
    onModelError: options.onModelError ?? 'fallback',
    onMissingFeatures: options.onMissingFeatures ?? 'fallback',
    onFallbackError: options.onFallbackError ?? 'rules',
    missingFeaturesMax: options.missingFeaturesMax ?? 1,
    cohorts: { salt: '', exclude: {}, pin: {}, ...options.cohorts },
    // 0.1: what it costs is a tenth of a shadow, and 10 requests/s have proved the way back 1,000 times within a quarter of an hour.
    shadow: { rate: 1, reverseRate: 0.1, ...options.shadow },
    // 0.05: enough traffic to measure lift within a day of replay, little enough to lose by.
    control: options.control ?? { share: 0.05, serve: 'rules' },
    canary: rampOf(options.canary),
    threshold: options.threshold ?? 0.5,
    monitoring: monitoringPlan(options.monitoring),
    autoRollback: autoRollbackOf(options.autoRollback ?? true),
  };
  const shares = {
    missingFeaturesMax: plan.missingFeaturesMax,
    'shadow.rate': plan.shadow.rate,
    'shadow.reverseRate': plan.shadow.reverseRate,
    'control.share': plan.control.share,
    threshold: plan.threshold,
    'autoRollback.errorBudget': plan.autoRollback.errorBudget,
    'autoRollback.slowBudget': plan.autoRollback.slowBudget,
    'autoRollback.qualityMargin': plan.autoRollback.qualityMargin,
  };
  for (const [name, share] of Object.entries(shares)) {
    if (!(share >= 0 && share <= 1)) {
      throw definitionInvalid(`policy, ${name}`, `wanted a share of 0 to 1, got ${share}`);
    }
  }
  for (const [name, values] of Object.entries({
    exclude: plan.cohorts.exclude,
    pin: plan.cohorts.pin,
  })) {
    assertCohortKeys(`cohorts.${name}`, values, plan.cohortBy);
  }
  return plan;
}

function rampOf(options: PolicyOptions['canary']): RampPolicy {
  const steps = options?.steps ?? defaultRamp.steps;
  const fault = faultOfSteps(steps);
  if (fault !== undefined) throw definitionInvalid('policy, canary.steps', fault);
  const { holdFor } = options ?? {};
  const holdForMs =
    holdFor === undefined
      ? defaultRamp.holdForMs
      : durationOf(holdFor, 'policy, canary.holdFor', 0);
  return { steps, holdForMs };
}

function autoRollbackOf(options: boolean | AutoRollbackOptions): AutoRollbackPlan {
  const { coolDown, ...own } = typeof options === 'boolean' ? {} : options;
  return {
    isOn: options !== false,
    // SLO of 99.5 %. Slow: what 1 % of the version before exceed even at half, so 2 % is more than twice as many.
    errorBudget: 0.005,
    slowBudget: 0.02,
    // 0.01: a version that says the share of all rows to each is worse by some 0.02 than one that knows a little.
    qualityMargin: 0.01,
    coolDownMs: durationOf(coolDown ?? '30min', 'policy, autoRollback.coolDown', 0),
    ...own,
  };
}

/** What decides is to be part of the cohort, or an entity would be in and out of it. */
function assertCohortKeys(name: string, values: KeyValues, cohortBy: readonly string[]): void {
  for (const [key, texts] of Object.entries(values)) {
    if (!cohortBy.includes(key)) {
      throw definitionInvalid(
        `policy, ${name}`,
        `wanted columns of cohortBy (${cohortBy.join(', ') || 'none'}), got '${key}'`,
      );
    }
    if (!Array.isArray(texts) || texts.some((text) => typeof text !== 'string')) {
      throw definitionInvalid(
        `policy, ${name}.${key}`,
        'wanted a list of texts, got another value',
      );
    }
  }
}
