import type { FailureKind } from './served-window.ts';

/** When a guard takes a version back. Fields that count events are for the whole service, over all replicas. */
export interface GuardPolicy {
  /** Share of requests that may go wrong in each way before it costs anything: 1 - SLO. */
  readonly budgets: Readonly<Record<FailureKind, number>>;
  /** Standard errors by which the new version has to be worse over five minutes and over the last one. */
  readonly fiveMinuteZ: number;
  readonly oneMinuteZ: number;
  /** Failures within five minutes below which nothing is fast. */
  readonly failuresMin: number;
  /** Times the previous version's share of fallbacks that is a hard trigger. */
  readonly fallbackRatio: number;
  /** Stretches of 5 s that lie between false alarms of the slow rate trigger, on average at least. */
  readonly stretchesBetween: number;
  /** Error of the slow triggers of business and quality, over all looks and both of them. */
  readonly slowAlpha: number;
  /** Crashes within ten minutes that make a loop. */
  readonly crashesMax: number;
  readonly coolDownMs: number;
  readonly rollbacksPerPromotionMax: number;
  /** Requests within five minutes that the target must have answered to count as warm and healthy. */
  readonly targetRequestsMin: number;
  /** Data older than this is missing. */
  readonly staleMs: number;
}

/** The defaults. */
export const guardPolicy: GuardPolicy = {
  // Errors and timeouts: SLO of 99.5 %. Slow: what 1 % of the previous version's answers exceed, so 2 % is twice as many.
  budgets: { errors: 0.005, timeouts: 0.005, fallbacks: 0.02, slow: 0.02 },
  // 3.1: one in a thousand; 1: it still goes on.
  fiveMinuteZ: 3.1,
  oneMinuteZ: 1,
  failuresMin: 20,
  fallbackRatio: 5,
  // A year of stretches.
  stretchesBetween: 6_307_200,
  slowAlpha: 0.01,
  crashesMax: 3,
  coolDownMs: 30 * 60_000,
  rollbacksPerPromotionMax: 1,
  targetRequestsMin: 20,
  staleMs: 60_000,
};
