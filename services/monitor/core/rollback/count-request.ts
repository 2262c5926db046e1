import type { ServedCounts } from './served-window.ts';

/** How one version did on one request. */
export interface VersionAnswer {
  /** Reason for which there is no answer of it, one of the reasons of errors; '' where there is one. */
  readonly failure: string;
  readonly tookMs: number;
  /** What it had, or what the version that answered had on the same request; 0 where that was not measured. */
  readonly budgetMs: number;
}

/** What its answer is held to. */
export interface AnswerLimits {
  /** What the policy gives the model. */
  readonly policyBudgetMs: number;
  /** Longer is slow; infinity while that can't be said. */
  readonly slowMs: number;
}

/** What is a version's own doing. A peer that is away, a queue that is full or a caller who gave up are not. */
const ownFaults: ReadonlySet<string> = new Set([
  'INFERENCE_FAILED',
  'TENSOR_NOT_FINITE',
  'TENSOR_SHAPE',
  'FEATURE_SET_UNKNOWN',
  'ARTIFACT_CORRUPT',
  'INTERNAL',
]);

const lateFaults: ReadonlySet<string> = new Set(['DEADLINE_PASSED', 'BUDGET_TOO_SMALL']);

// Half of what the policy gives, as the router's breakers have it: who is asked in a hurry shows nothing by being late.
const fairShare = 0.5;

const none: ServedCounts = { requests: 0, errors: 0, timeouts: 0, fallbacks: 0, slow: 0 };

/**
 * Counts one request of a version; undefined where what happened says nothing of it. A shadow has longer than a caller waits, so an answer of it that comes after the budget of the request counts as late, as it
 * would have been.
 */
export function countRequest(
  { failure, tookMs, budgetMs }: VersionAnswer,
  { policyBudgetMs, slowMs }: AnswerLimits,
): ServedCounts | undefined {
  const counts = { ...none, requests: 1 };
  if (ownFaults.has(failure)) return { ...counts, errors: 1, fallbacks: 1 };
  if (lateFaults.has(failure) || (failure === '' && budgetMs > 0 && tookMs > budgetMs)) {
    if (budgetMs < fairShare * policyBudgetMs) return undefined;
    return { ...counts, timeouts: 1, fallbacks: 1, slow: Number.isFinite(slowMs) ? 1 : 0 };
  }
  if (failure !== '') return undefined;
  return tookMs > slowMs ? { ...counts, slow: 1 } : counts;
}
