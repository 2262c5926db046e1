import { hashPoint } from '../../shared/kernel/hash-point.ts';
import type { ModelRouting } from './routing-table.ts';

/** The part that the answering version plays. */
export type RoleName = 'PRODUCTION' | 'CONTROL' | 'CANARY';

/** How the traffic of a model is split. Shares are of the cohorts, 0 to 1, together at most 1. */
export interface CohortPolicy {
  /** Join keys whose values decide, as positions in the request's keys. */
  readonly keyIndexes: readonly number[];
  readonly controlShare: number;
  readonly controlServes: 'rules' | 'previous';
  readonly canaryShare: number;
}

/** Who answers a request: a version, or the rules when it is undefined. */
export interface Assignment {
  readonly role: RoleName;
  readonly version: number | undefined;
}

/** Assigns a request to a cohort. Control takes the low end of the range and the canary the high end, so that a ramp moves no entity between them. */
export function assign(
  policy: CohortPolicy,
  routing: ModelRouting,
  keys: readonly string[],
): Assignment {
  const production: Assignment = { role: 'PRODUCTION', version: routing.productionVersion };
  if (policy.controlShare === 0 && policy.canaryShare === 0) return production;
  const point = hashPoint(
    routing.model,
    policy.keyIndexes.map((index) => keys[index] ?? ''),
  );
  if (point < policy.controlShare) {
    const isPrevious = policy.controlServes === 'previous' && routing.previousVersion !== 0;
    return { role: 'CONTROL', version: isPrevious ? routing.previousVersion : undefined };
  }
  if (point >= 1 - policy.canaryShare && routing.canaryVersion !== 0) {
    return { role: 'CANARY', version: routing.canaryVersion };
  }
  return production;
}
