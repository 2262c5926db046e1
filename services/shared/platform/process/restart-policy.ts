/** When a process that crashed is started again. */
export interface RestartPolicy {
  /** Wait before the first restart; each further one waits twice as long. */
  readonly delayMsMin: number;
  readonly delayMsMax: number;
  /** A process that was healthy for this long starts over at `delayMsMin`. */
  readonly resetAfterMs: number;
  /** Starts that a process which was never healthy gets, the first included; then it has failed. */
  readonly firstStartsMax: number;
}

/** 100 ms doubling to 5 s, back to 100 ms after 30 s of health, three attempts to get healthy at all. */
export const restartPolicyDefault: RestartPolicy = {
  delayMsMin: 100, // long enough for the kernel to give the port back, too short to be noticed behind a fallback
  delayMsMax: 5_000, // a service that keeps crashing costs one start every 5 s, and is back soon after its cause is gone
  resetAfterMs: 30_000,
  firstStartsMax: 3,
};

/** What a process did before it crashed. */
export interface CrashHistory {
  /** Crashes before this one, without `resetAfterMs` of health between them. */
  readonly crashesInRow: number;
  /** How long it was healthy before it crashed; 0 when it never was in this run. */
  readonly healthyForMs: number;
  /** Whether it was healthy in any run. */
  readonly wasEverHealthy: boolean;
}

/** What to do about a crash: start again after `delayMs`, or give up. */
export type RestartDecision =
  | { readonly kind: 'restart'; readonly delayMs: number; readonly crashesInRow: number }
  | { readonly kind: 'give-up' };

/** Decides about a crash. */
export function decideRestart(policy: RestartPolicy, history: CrashHistory): RestartDecision {
  const before = history.healthyForMs >= policy.resetAfterMs ? 0 : history.crashesInRow;
  const crashesInRow = before + 1;
  if (!history.wasEverHealthy && crashesInRow >= policy.firstStartsMax) return { kind: 'give-up' };
  // 2 ** before is Infinity for a very long row; min() makes it the limit.
  const delayMs = Math.min(policy.delayMsMax, policy.delayMsMin * 2 ** before);
  return { kind: 'restart', delayMs, crashesInRow };
}
