import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../shared/compute/canonical-json.ts';
import { binomialCdf } from '../binomial.ts';
import type { GuardInputs } from './guard-inputs.ts';
import { type GuardPolicy, guardPolicy } from './guard-policy.ts';
import {
  detectableExcess,
  fastTriggers,
  type GuardTrigger,
  hardTriggers,
  slowTriggers,
} from './guard-triggers.ts';

/** What is to be done: nothing; nothing until somebody has looked; back to the target; the fallback model until somebody has looked; no more automatic moves. */
export type GuardAction = 'keep' | 'hold' | 'rollback' | 'fall-back' | 'freeze';

/** What a guard decides. */
export interface GuardDecision {
  readonly action: GuardAction;
  /** Whether somebody is to be woken: for all but `keep`. */
  readonly isPage: boolean;
  /** In one sentence, for people. */
  readonly reason: string;
  readonly triggers: readonly GuardTrigger[];
  /** Smallest new share of failures that would have triggered by now; absent where none would: the guard is blind, and says nothing of the version. */
  readonly detectableExcess?: number;
}

/** A decision with all that it follows from; what is stored. */
export interface GuardRecord {
  readonly inputs: GuardInputs;
  readonly policy: GuardPolicy;
  /** SHA-256 of the policy as canonical JSON, hex. */
  readonly policyDigest: string;
  readonly decision: GuardDecision;
}

/** Decides, and gives the record to store. A pure function: {@link decideRollback} of the stored inputs and policy gives the same decision again. */
export function recordDecision(
  inputs: GuardInputs,
  policy: GuardPolicy = guardPolicy,
): GuardRecord {
  const policyDigest = createHash('sha256').update(canonicalJson(policy)).digest('hex');
  return { inputs, policy, policyDigest, decision: decideRollback(inputs, policy) };
}

/**
 * Decides whether a version goes back. Only the version's own faults and comparisons with the previous version on the same traffic count; drift of inputs and missing data never do, since they hit both. In this order:
 *
 * | nothing triggers | data are fresh: keep; missing: hold |
 * | somebody holds the version, or the model is frozen | hold |
 * | this promotion was rolled back before | freeze |
 * | a rollback was less than the cool-down ago | hold |
 * | there is no target, or it is cold, not verified, quarantined or unwell itself | fall-back |
 * | else | rollback |
 */
export function decideRollback(
  inputs: GuardInputs,
  policy: GuardPolicy = guardPolicy,
): GuardDecision {
  const isFresh = inputs.atMs - inputs.countedUntilMs <= policy.staleMs;
  const compared = isFresh ? fastTriggers(inputs, policy) : [];
  const triggers = [...hardTriggers(inputs, policy), ...compared, ...slowTriggers(inputs, policy)];
  const excess = isFresh ? detectableExcess(inputs, policy) : undefined;
  const found = { triggers, ...(excess === undefined ? {} : { detectableExcess: excess }) };
  if (triggers.length === 0) {
    if (isFresh) return { action: 'keep', isPage: false, reason: 'nothing triggers', ...found };
    return { action: 'hold', isPage: true, reason: 'counts are missing', ...found };
  }
  const names = triggers.map(({ speed, name }) => `${name} (${speed})`).join(', ');
  const decide = (action: GuardAction, why: string): GuardDecision => ({
    action,
    isPage: true,
    reason: `${inputs.version}: ${names}; ${why}`,
    ...found,
  });
  const hindrance = hindranceOf(inputs, policy);
  if (hindrance !== undefined) return decide(hindrance.action, hindrance.why);
  return decide('rollback', `back to ${inputs.target?.version}`);
}

function hindranceOf(
  inputs: GuardInputs,
  policy: GuardPolicy,
): { readonly action: GuardAction; readonly why: string } | undefined {
  if (inputs.isHeldByHuman) return { action: 'hold', why: 'somebody holds it' };
  if (inputs.isFrozen) return { action: 'hold', why: 'the model is frozen' };
  if (inputs.rollbacksOfPromotion >= policy.rollbacksPerPromotionMax) {
    return { action: 'freeze', why: 'this promotion was rolled back before' };
  }
  const sinceMs = inputs.atMs - (inputs.rolledBackAtMs ?? Number.NEGATIVE_INFINITY);
  if (sinceMs < policy.coolDownMs) {
    return { action: 'hold', why: `the last rollback was ${Math.round(sinceMs / 1_000)} s ago` };
  }
  const lack = targetLack(inputs, policy);
  return lack === undefined ? undefined : { action: 'fall-back', why: lack };
}

/** Gives why one can't go back to the target: a version that is no better would go back and forth. */
function targetLack({ target, previous }: GuardInputs, policy: GuardPolicy): string | undefined {
  if (target === undefined) return 'there is no version to go back to';
  const { version, isWarm, isVerified, isQuarantined } = target;
  if (isQuarantined) return `${version} is quarantined`;
  if (!isVerified) return `${version} is not verified`;
  if (!isWarm) return `${version} is not loaded`;
  const { requests, errors } = previous.fiveMinutes;
  if (requests < policy.targetRequestsMin) {
    return `${version} answered ${requests} requests in five minutes, wanted ${policy.targetRequestsMin}`;
  }
  // So many errors at a share within the budget: one in a hundred, since few requests say little.
  if (errors > 0 && 1 - binomialCdf(errors - 1, requests, policy.budgets.errors) < 0.01) {
    return `${version} fails in ${((errors / requests) * 100).toFixed(1)} % of its own requests`;
  }
  return undefined;
}
