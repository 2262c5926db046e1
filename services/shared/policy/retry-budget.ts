/** Bounds retries as a share of traffic, so that a service that is down is not asked many times as often. */
export interface RetryBudget {
  /** Counts a first try. */
  deposit(): void;
  /** Takes one retry; false when the budget is spent. */
  withdraw(): boolean;
}

/** What a budget is made of. */
export interface RetryBudgetOptions {
  /** Retries that each first try earns. */
  readonly retriesPerCall: number;
  /** Retries that may be saved up, and that a fresh budget holds. */
  readonly retriesMax: number;
}

/**
 * Gives a budget as a token bucket that calls fill, not time: an idle client cannot save up more than `retriesMax`.
 * @source https://linkerd.io/docs/reference/retry-budgets/ ; there the bucket decays over time as well.
 */
export function createRetryBudget(options: RetryBudgetOptions): RetryBudget {
  let retries = options.retriesMax;
  return {
    deposit() {
      retries = Math.min(options.retriesMax, retries + options.retriesPerCall);
    },
    withdraw() {
      if (retries < 1) return false;
      retries -= 1;
      return true;
    },
  };
}
