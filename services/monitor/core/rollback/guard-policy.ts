import type { FailureKind } from './served-window.ts';

/** When a guard takes a version back. Fields that count events are for the whole service, over all replicas. */
export interface GuardPolicy {
  /** Share of requests that may go wrong in each way before it costs anything: 1 - SLO. */
  readonly budgets: Readonly<Record<FailureKind, number>>;
  /** Chance, at one look and over all kinds of failure, of so much more of them over five minutes where both versions are alike. */
  readonly fastAlpha: number;
  /** The same for one kind over the last minute, in which it has to go on. */
  readonly oneMinuteAlpha: number;
  /** Failures within five minutes below which nothing is fast. */
  readonly failuresMin: number;
  /** Times the previous version's share of fallbacks that is a hard trigger, where so much more is by chance with less than `fallbackAlpha`. */
  readonly fallbackRatio: number;
  readonly fallbackAlpha: number;
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
  // 1e-4: six outages a day are looked at some thirty times each; at 1e-3 a false alarm came once in some weeks. 0.16: one standard error.
  fastAlpha: 1e-4,
  oneMinuteAlpha: 0.16,
  failuresMin: 20,
  fallbackRatio: 5,
  fallbackAlpha: 1e-6,
  // A year of stretches.
  stretchesBetween: 6_307_200,
  slowAlpha: 0.01,
  crashesMax: 3,
  coolDownMs: 30 * 60_000,
  rollbacksPerPromotionMax: 1,
  targetRequestsMin: 20,
  staleMs: 60_000,
};
