import { hashPoint } from '../../shared/kernel/hash-point.ts';
import type { ModelRouting } from './routing-table.ts';

/** The part that the answering version plays. */
export type RoleName = 'PRODUCTION' | 'CONTROL' | 'CANARY';

/** How the traffic of a model is split into cohorts, but for the share of the canary, which the registry steers. */
export interface CohortPolicy {
  /** Join keys whose values decide, as positions in the request's keys. */
  readonly keyIndexes: readonly number[];
  /** Salt of the control's experiment. */
  readonly salt: string;
  /** Share of the cohorts, 0 to 1. */
  readonly controlShare: number;
  readonly controlServes: 'rules' | 'previous';
  /** Entities that production always answers; these win over those that are pinned. */
  readonly excluded: readonly KeyMatch[];
  /** Entities that a canary answers whatever its share, as long as it has any, and control never. */
  readonly pinned: readonly KeyMatch[];
}

/** Entities by one of their keys. */
export interface KeyMatch {
  /** Position in the request's keys. */
  readonly keyIndex: number;
  readonly values: ReadonlySet<string>;
}

/** What the registry says of the traffic of a model, as far as an assignment depends on it. */
export type CohortRouting = Pick<
  ModelRouting,
  'model' | 'productionVersion' | 'previousVersion' | 'canaryVersion' | 'canaryShare'
>;

/** Who answers a request: a version, or the rules when it is undefined. */
export interface Assignment {
  readonly role: RoleName;
  readonly version: number | undefined;
}

/**
 * Assigns a request to a cohort, by nothing but its arguments. Control comes first, by a salt of its own, so that a canary neither takes from it nor adds to
 * it; then the canary, by a salt with its version: another version is tried on other entities. A growing share takes more entities in and lets none go.
 */
export function assign(
  policy: CohortPolicy,
  routing: CohortRouting,
  keys: readonly string[],
): Assignment {
  const { canaryVersion, canaryShare } = routing;
  const production: Assignment = { role: 'PRODUCTION', version: routing.productionVersion };
  const hasCanary = canaryVersion !== 0 && canaryShare > 0;
  if (policy.controlShare === 0 && !hasCanary) return production;
  if (isAmong(policy.excluded, keys)) return production;
  const canary: Assignment = { role: 'CANARY', version: canaryVersion };
  if (isAmong(policy.pinned, keys)) return hasCanary ? canary : production;
  const entity = policy.keyIndexes.map((index) => keys[index] ?? '');
  if (hashPoint(policy.salt, entity) < policy.controlShare) {
    return { role: 'CONTROL', version: controlVersion(policy, routing) };
  }
  const isCanary = hasCanary && hashPoint(canarySalt(policy, canaryVersion), entity) < canaryShare;
  return isCanary ? canary : production;
}

function controlVersion(
  { controlServes }: CohortPolicy,
  { previousVersion }: CohortRouting,
): number | undefined {
  return controlServes === 'previous' && previousVersion !== 0 ? previousVersion : undefined;
}

function canarySalt({ salt }: CohortPolicy, version: number): string {
  return `${salt}/canary/${version}`;
}

function isAmong(matches: readonly KeyMatch[], keys: readonly string[]): boolean {
  return matches.some(({ keyIndex, values }) => values.has(keys[keyIndex] ?? ''));
}
