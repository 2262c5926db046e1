import type { Reason } from '../../shared/kernel/reason.ts';
import type { ServingPolicy } from './model-contract.ts';

const timeouts: ReadonlySet<Reason> = new Set<Reason>([
  'DEADLINE_PASSED',
  'QUEUE_FULL',
  'BUDGET_TOO_SMALL',
]);

/** Whether a tier was skipped for want of time, or would have been. */
export function isForTime(reason: Reason): boolean {
  return timeouts.has(reason);
}

// Half of what the policy gives: a caller whose own deadline is near its SLO still tells of a model that hangs.
const fairShare = 0.5;

/** Whether a call had a fair part of the budget of its policy, both in ms, so that its timeout tells something of who was asked. */
export function hadTime(budgetMs: number, policyBudgetMs: number): boolean {
  return budgetMs >= fairShare * policyBudgetMs;
}

/** Gives the tier that follows the model when it did not answer for this reason. */
export function tierAfterModel(policy: ServingPolicy, reason: Reason): 'fallback' | 'rules' {
  return timeouts.has(reason) ? policy.onModelTimeout : policy.onModelError;
}

/** Tells whether too many of a vector's values are missing for the model to be asked. */
export function isTooSparse(policy: ServingPolicy, statuses: Uint8Array): boolean {
  if (policy.missingShareMax >= 1) return false;
  let missing = 0;
  for (const status of statuses) if (status !== 0) missing += 1;
  return missing > policy.missingShareMax * statuses.length;
}
