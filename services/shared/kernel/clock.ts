import type { DurationMs, EpochMs, MonotonicMs } from './units.ts';

/** Time as an argument, so that tests and replays own it. */
export interface Clock {
  /** For deadlines and durations. */
  monotonic(): MonotonicMs;
  /** For event times and anything stored or sent; may jump. */
  epoch(): EpochMs;
  /** Rejects with `signal.reason` as soon as `signal` aborts. */
  sleep(duration: DurationMs, signal: AbortSignal): Promise<void>;
}

/** Chance as an argument: numbers in [0, 1). */
export interface Random {
  next(): number;
}
