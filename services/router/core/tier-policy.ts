import type { Reason } from '../../shared/kernel/reason.ts';
import type { ServingPolicy } from './model-contract.ts';

const timeouts: ReadonlySet<Reason> = new Set<Reason>([
  'DEADLINE_PASSED',
  'QUEUE_FULL',
  'BUDGET_TOO_SMALL',
]);

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
