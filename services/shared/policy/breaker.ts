import { type MonotonicMs, monotonicMs } from '../kernel/units.ts';

/** What a call says about the health of who was asked; a caller's own fault says nothing and is not recorded. */
export type Verdict = 'success' | 'failure';

/** Whether a call may go out. */
export type Admission =
  /** `isProbe`: the one call that tests a half-open breaker; it must be recorded or released. */
  | { readonly isAdmitted: true; readonly isProbe: boolean }
  | { readonly isAdmitted: false; readonly retryAfterMs: number };

/** What a breaker is made of. */
export interface BreakerOptions {
  /** Calls that the failure rate is taken over. */
  readonly windowCalls: number;
  /** Calls in the window below which it stays closed. */
  readonly callsMin: number;
  /** Share of failures at which it opens, in (0, 1]. */
  readonly failureRateMax: number;
  /** How long the rate has to stay there before it opens: a pause of a machine fails all calls that were under way, however many, and is over when they have failed. */
  readonly lastingMs: number;
  /** How long it stays open after the first failure; doubles with each failed probe. */
  readonly openMs: number;
  readonly openMsMax: number;
}

/** Where a breaker stands. */
export type BreakerState = 'closed' | 'open' | 'half-open';

const admitted: Admission = { isAdmitted: true, isProbe: false };
const probe: Admission = { isAdmitted: true, isProbe: true };

/**
 * Stops asking who fails too often, and tries again with one call at a time. Pure: time comes in, the answer goes out.
 *
 * closed -> open: failures have reached the rate over the window, and stayed there. open -> half-open: the time is over and a call asks.
 * half-open -> closed: the probe succeeds. half-open -> open: it fails, for twice the time.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  readonly #failed: Uint8Array;
  #calls = 0;
  #failures = 0;
  /** Since when the rate is reached; undefined while it is not. */
  #failingSince: MonotonicMs | undefined;
  #state: BreakerState = 'closed';
  #openUntil: MonotonicMs = monotonicMs(0);
  #openMs: number;
  #isProbing = false;

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.#failed = new Uint8Array(options.windowCalls);
    this.#openMs = options.openMs;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Says whether a call may go out at `now`. */
  admit(now: MonotonicMs): Admission {
    if (this.#state === 'closed') return admitted;
    if (this.#state === 'open' && now < this.#openUntil) {
      return { isAdmitted: false, retryAfterMs: this.#openUntil - now };
    }
    this.#state = 'half-open';
    if (this.#isProbing) return { isAdmitted: false, retryAfterMs: this.#openMs };
    this.#isProbing = true;
    return probe;
  }

  /** Records how an admitted call went. Calls that were under way when the breaker opened change nothing. */
  record(now: MonotonicMs, verdict: Verdict, isProbe: boolean): void {
    if (isProbe) this.#recordProbe(now, verdict);
    else if (this.#state === 'closed') this.#recordCall(now, verdict);
  }

  /** Gives back a probe that said nothing, such as one whose caller gave up. */
  release(isProbe: boolean): void {
    if (isProbe) this.#isProbing = false;
  }

  #recordProbe(now: MonotonicMs, verdict: Verdict): void {
    this.#isProbing = false;
    if (this.#state !== 'half-open') return;
    if (verdict === 'failure') {
      this.#openMs = Math.min(this.#options.openMsMax, this.#openMs * 2);
      this.#open(now);
      return;
    }
    this.#state = 'closed';
    this.#openMs = this.#options.openMs;
    this.#calls = 0;
    this.#failures = 0;
    this.#failingSince = undefined;
    this.#failed.fill(0);
  }

  #recordCall(now: MonotonicMs, verdict: Verdict): void {
    const { windowCalls, callsMin, failureRateMax, lastingMs } = this.#options;
    const slot = this.#calls % windowCalls;
    const failure = verdict === 'failure' ? 1 : 0;
    this.#failures += failure - (this.#failed[slot] ?? 0);
    this.#failed[slot] = failure;
    this.#calls += 1;
    const calls = Math.min(this.#calls, windowCalls);
    if (calls < callsMin || this.#failures / calls < failureRateMax) {
      this.#failingSince = undefined;
      return;
    }
    this.#failingSince ??= now;
    if (now - this.#failingSince >= lastingMs) this.#open(now);
  }

  #open(now: MonotonicMs): void {
    this.#state = 'open';
    this.#openUntil = monotonicMs(now + this.#openMs);
  }
}
