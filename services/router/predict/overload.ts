import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Reason } from '../../shared/kernel/reason.ts';
import type { DurationMs, MonotonicMs } from '../../shared/kernel/units.ts';
import type { Admission, AdmissionOptions } from '../../shared/policy/admission.ts';
import type { Pace } from '../../shared/policy/concurrency-limit.ts';
import { LeastLatency } from '../../shared/policy/least-latency.ts';
import type { TurnWatch } from '../../shared/policy/turn-watch.ts';
import type { ModelContract } from '../core/model-contract.ts';
import { noShadows, type ShadowChoice } from '../core/shadow-choice.ts';
import { hadTime, isForTime } from '../core/tier-policy.ts';
import type { RouterCounts } from './router-parts.ts';

/**
 * How requests are let into a router. It begins with what a fast machine bears, so that a router which has just started refuses nobody, and learns within
 * some windows. 64 callers who each wait for their answer are no overload: the least and those that may wait are about as many. Waiting is for what comes in the same
 * millisecond: under load, a request that has its place still waits for each process that it needs.
 */
export const admissionDefaults: AdmissionOptions = {
  initial: 512,
  min: 60,
  max: 4_096,
  windowMs: 100,
  callsMin: 32,
  shareMax: 0.1,
  queueMs: 4,
  probeMs: 20,
  waitMsMax: 1,
};

/** Share of its budget above which an answer of the model is late. */
const lateShare = 0.8;
/** Share of its budget that an answer may take longer than by itself before it is slow. */
const slowShare = 0.12;
/** How long it is remembered what an answer takes by itself. */
const leastPeriodMs = 10_000;

/** Tells which requests took so long that there are too many. */
export class PaceJudge {
  readonly #turns: Pick<TurnWatch, 'lagMs'>;
  readonly #admission: Pick<Admission, 'isStrained'>;
  /** What an answer of each model takes by itself. */
  readonly #leastOf = new Map<string, LeastLatency>();

  /**
   * @param turns knows what requests may have waited before they were read
   * @param admission knows when all requests have company: what was learned of one by itself stays then
   */
  constructor(turns: Pick<TurnWatch, 'lagMs'>, admission: Pick<Admission, 'isStrained'>) {
    this.#turns = turns;
    this.#admission = admission;
  }

  /**
   * Tells how long a request took. One that lost a tier for want of time is late; where a breaker is open nobody waited, and a caller who had little time to give is none of the
   * router's doing.
   */
  paceOf(
    { model, policy }: Pick<ModelContract, 'model' | 'policy'>,
    answered: {
      readonly endedAt: MonotonicMs;
      readonly totalMs: number;
      readonly skippedReason: Reason | undefined;
      /** What the model had, the caller's own deadline considered. */
      readonly budgetMs: number;
    },
  ): Pace {
    const { endedAt, totalMs, skippedReason, budgetMs } = answered;
    const policyBudgetMs = policy.modelBudgetMs;
    if (skippedReason !== undefined) {
      return isForTime(skippedReason) && hadTime(budgetMs, policyBudgetMs) ? 'late' : 'calm';
    }
    const tookMs = totalMs + this.#turns.lagMs;
    const least = this.#least(model);
    if (!this.#admission.isStrained || tookMs < least.ms) least.add(endedAt, tookMs);
    if (tookMs > lateShare * policyBudgetMs) return 'late';
    return tookMs > least.ms + slowShare * policyBudgetMs ? 'slow' : 'calm';
  }

  #least(model: string): LeastLatency {
    const known = this.#leastOf.get(model);
    if (known !== undefined) return known;
    const least = new LeastLatency(leastPeriodMs);
    this.#leastOf.set(model, least);
    return least;
  }
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
