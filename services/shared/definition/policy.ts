import { definitionInvalid } from './definition-error.ts';
import { type DurationText, durationOf } from './duration-text.ts';

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
  /** Share of features that may stand at their default before the rules answer instead of a model. Default: 1, never. */
  readonly missingFeaturesMax?: number;
  /** Share of requests that the shadows see as well. Default: 1. */
  readonly shadow?: { readonly rate: number };
  /** Share of cohorts that the control serves, and what serves it. Default: 5 % by the rules. */
  readonly control?: { readonly share: number; readonly serve: 'rules' | 'previous' };
  /** Share of cohorts that a version on trial serves. Default: 0. */
  readonly canary?: { readonly share: number };
  /** The action is taken when the probability is at least this. Default: 0.5. */
  readonly threshold?: number;
}

/** A policy with all defaults in place. */
export interface PolicyPlan {
  readonly modelBudgetMs: number;
  readonly reserveMarginMs: number;
  readonly cohortBy: readonly string[];
  readonly onModelTimeout: 'fallback' | 'rules';
  readonly onModelError: 'fallback' | 'rules';
  readonly onFallbackError: 'rules' | 'error';
  /** Share, 0 to 1. */
  readonly missingFeaturesMax: number;
  /** Rate 0 to 1. */
  readonly shadow: { readonly rate: number };
  /** Share 0 to 1 of the cohorts. */
  readonly control: { readonly share: number; readonly serve: 'rules' | 'previous' };
  /** Share 0 to 1 of the cohorts. */
  readonly canary: { readonly share: number };
  /** Probability, 0 to 1. */
  readonly threshold: number;
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
    onFallbackError: options.onFallbackError ?? 'rules',
    missingFeaturesMax: options.missingFeaturesMax ?? 1,
    shadow: options.shadow ?? { rate: 1 },
    // 0.05: enough traffic to measure lift within a day of replay, little enough to lose by.
    control: options.control ?? { share: 0.05, serve: 'rules' },
    canary: options.canary ?? { share: 0 },
    threshold: options.threshold ?? 0.5,
  };
  const shares = {
    missingFeaturesMax: plan.missingFeaturesMax,
    'shadow.rate': plan.shadow.rate,
    'control.share': plan.control.share,
    'canary.share': plan.canary.share,
    'control.share + canary.share': plan.control.share + plan.canary.share,
    threshold: plan.threshold,
  };
  for (const [name, share] of Object.entries(shares)) {
    if (!(share >= 0 && share <= 1)) {
      throw definitionInvalid(`policy, ${name}`, `wanted a share of 0 to 1, got ${share}`);
    }
  }
  return plan;
}
