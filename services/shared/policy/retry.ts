import type { MeshError } from '../kernel/mesh-error.ts';

/** What is known when a try has failed. */
export interface FailedTry {
  readonly error: MeshError;
  /** Tries so far, this one included. */
  readonly attempts: number;
  readonly attemptsMax: number;
  /** Servers that could be asked, the one that failed included. */
  readonly replicas: number;
  readonly isIdempotent: boolean;
  /** Until the deadline. */
  readonly remainingMs: number;
  /** In [0, 1). */
  readonly chance: number;
}

const delayMsStart = 10; // about what a loopback connection takes
const delayMsMax = 250; // a restart takes seconds: a few tries a second find its end soon enough

/**
 * Gives the delay before the next try in ms, or undefined for no more. Only what surely or harmlessly ran not at all is
 * tried again: UNAVAILABLE, and for calls that are not idempotent only a refusal during a drain. A server that has too much to do
 * (OVERLOADED) ran nothing and says nothing about the others: each of them may be asked once, without a wait.
 */
export function retryDelayMs(failed: FailedTry): number | undefined {
  const { error, attempts, attemptsMax, replicas, isIdempotent, remainingMs, chance } = failed;
  if (attempts >= attemptsMax) return undefined;
  if (error.reason === 'OVERLOADED') {
    return attempts < replicas && remainingMs > 0 ? 0 : undefined;
  }
  if (error.code !== 'UNAVAILABLE') return undefined;
  if (!isIdempotent && error.reason !== 'DRAINING') return undefined;
  const asked = error.retry.kind === 'after' ? error.retry.delayMs : 0;
  const delayMs = Math.max(asked, backoffMs(attempts, chance));
  return delayMs < remainingMs ? delayMs : undefined;
}

/** Gives full-jitter exponential backoff after `attempts` failures: [0.5, 1) of 10, 20, 40 ... 250 ms. */
export function backoffMs(attempts: number, chance: number): number {
  const full = Math.min(delayMsMax, delayMsStart * 2 ** (attempts - 1));
  return full * (0.5 + chance / 2);
}
