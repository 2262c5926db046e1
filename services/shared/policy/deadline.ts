import { type DurationMs, durationMs, type MonotonicMs, monotonicMs } from '../kernel/units.ts';

/** Gives the time left at `now`; never negative. */
export function remaining(deadline: MonotonicMs, now: MonotonicMs): DurationMs {
  return durationMs(Math.max(0, Math.min(deadline - now, Number.MAX_SAFE_INTEGER)));
}

/** Gives the earlier of two deadlines: a deadline shrinks from hop to hop and never grows. */
export function earlier(a: MonotonicMs, b: MonotonicMs): MonotonicMs {
  return a < b ? a : b;
}

/** Gives the moment `duration` after `now`. */
export function after(now: MonotonicMs, duration: DurationMs): MonotonicMs {
  return monotonicMs(now + duration);
}

/**
 * Gives the budget of a stage: at most `budgetMax`, and at most what is left of the deadline less `reserve`, which is
 * kept for whoever answers when the stage does not. 0 means that the stage must be skipped.
 */
export function stageBudget(
  left: DurationMs,
  { budgetMax, reserve }: { readonly budgetMax: DurationMs; readonly reserve: DurationMs },
): DurationMs {
  return durationMs(Math.max(0, Math.min(budgetMax, left - reserve)));
}
