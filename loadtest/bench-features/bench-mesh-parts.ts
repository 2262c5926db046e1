import { type PolicyPlan, policy } from '../../services/index.ts';

/** What every model of a benchmark's mesh needs and none of its figures depends on. */
export const unaskedCandidates = [
  { alias: 'fallback', kind: 'logistic' },
  { alias: 'production', kind: 'logistic' },
] as const;

/** The rules of models that nobody asks. */
export function unaskedRules(): { readonly probability: number; readonly because: string } {
  return { probability: 0.5, because: 'the benchmark asks for features alone' };
}

/** A policy for models that nobody asks. */
export function unaskedPolicy(cohortBy: readonly string[]): PolicyPlan {
  return policy({
    modelBudget: '50ms',
    reserveMargin: '5ms',
    cohortBy,
    onModelTimeout: 'fallback',
    onModelError: 'fallback',
    onFallbackError: 'rules',
    missingFeaturesMax: 1,
    shadow: { rate: 0 },
    control: { share: 0, serve: 'rules' },
    threshold: 0.5,
  });
}
