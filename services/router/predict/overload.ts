import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Reason } from '../../shared/kernel/reason.ts';
import type { DurationMs } from '../../shared/kernel/units.ts';
import type { Admission, AdmissionOptions } from '../../shared/policy/admission.ts';
import { noShadows, type ShadowChoice } from '../core/shadow-choice.ts';
import { hadTime, isForTime } from '../core/tier-policy.ts';
import type { RouterCounts } from './router-parts.ts';

/**
 * How requests are let into a router. It begins with what a fast machine bears, so that a router which has just started refuses nobody, and learns within
 * some windows; below 64 it is no overload that makes requests late. 15 ms is what can be waited for room of the 50 ms that a model has by default.
 */
export const admissionDefaults: AdmissionOptions = {
  initial: 512,
  min: 64,
  max: 4_096,
  windowMs: 100,
  callsMin: 32,
  congestedShareMax: 0.1,
  waitMsMax: 15,
};

/** Share of its budget that an answer of the model may take before it counts as congested. */
const calmShare = 0.8;

/**
 * Tells whether a request took longer than it should, or a tier was skipped for want of time. A breaker that is open is none of that: nobody waited; nor is a
 * caller who had little time to give.
 * @param policyBudgetMs what the policy gives the model
 */
export function isCongested(
  answered: {
    readonly totalMs: number;
    readonly skippedReason: Reason | undefined;
    /** What the model had, the caller's own deadline considered. */
    readonly budgetMs: number;
    /** What requests may have waited before they were read, in ms. */
    readonly lagMs: number;
  },
  policyBudgetMs: number,
): boolean {
  const { totalMs, skippedReason, budgetMs, lagMs } = answered;
  if (skippedReason === undefined) return totalMs + lagMs > calmShare * policyBudgetMs;
  return isForTime(skippedReason) && hadTime(budgetMs, policyBudgetMs);
}

/** Gives DEADLINE_EXCEEDED / DEADLINE_PASSED for a caller who gave up before there was room. */
export function waitedInVain(model: string): MeshError {
  return new MeshError({
    code: 'DEADLINE_EXCEEDED',
    reason: 'DEADLINE_PASSED',
    message: `model '${model}' was not asked: its caller's time was over before the router had room; ask less often, or another replica`,
  });
}

/** Gives the shadows that there is room for: under load they are the first to be left out, and counted; a pair that was never asked for is not missed. */
export function roomForShadows(
  { admission, counts }: { readonly admission: Admission; readonly counts: RouterCounts },
  shadows: ShadowChoice,
): ShadowChoice {
  if (admission.hasRoomToSpare) return shadows;
  counts.shadowsShed += shadows.versions.length;
  return noShadows;
}

/** Gives RESOURCE_EXHAUSTED / OVERLOADED. @param model undefined where it is not known, since nothing of the request was read */
export function overloaded(retryAfterMs: DurationMs, model?: string): MeshError {
  const asked = model === undefined ? 'this router' : `model '${model}'`;
  return new MeshError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'OVERLOADED',
    message: `${asked} is asked more than it can answer in time; ask again in ${retryAfterMs} ms, less often, or another replica`,
    retry: { kind: 'after', delayMs: retryAfterMs },
  });
}
