import { type MonotonicMs, monotonicMs } from '../kernel/units.ts';

/** When a replica is out of line of the others, and what follows. */
export interface OutlierPolicy {
  /** Answers are compared over so many ms. */
  readonly windowMs: number;
  /** Fewer answers of a replica in a window say nothing about it. */
  readonly answersMin: number;
  /** Share of failures from which on a replica is out of line, in (0, 1]; the others have to have at most half of it. */
  readonly failureShareMin: number;
  /** Times the mean latency of the others from which on a replica is out of line. */
  readonly slowdownMin: number;
  /** It has to be slower by so many ms as well: replicas that are quick differ by chance. */
  readonly slowerMsMin: number;
  /** How long a replica is left out at first; twice as long each time after that, and half for each window that it was well. */
  readonly ejectMsMin: number;
  readonly ejectMsMax: number;
}

/** Half of the answers failed, or four times as slow as the others within a second: left out for a second, half a minute at most. */
export const outlierPolicyDefault: OutlierPolicy = {
  windowMs: 1_000, // long enough for a hundred answers at low load
  answersMin: 5, // what Envoy takes for failures in a row
  failureShareMin: 0.5,
  slowdownMin: 4, // a neighbour on the same cores makes a replica twice as slow, now and then three times
  slowerMsMin: 10, // less is a collection of garbage, and no caller's budget
  ejectMsMin: 1_000, // a restart takes as long
  ejectMsMax: 30_000,
};

interface ReplicaState {
  answers: number;
  failures: number;
  latencyMsSum: number;
  /** Ejections that count for the length of the next one. */
  ejections: number;
  ejectedUntil: MonotonicMs;
}

/**
 * Decides which replicas of a service are left out for a time because they are out of line of the others: they fail or are slow where the
 * others don't and are not. What all replicas suffer from ejects none. Never more than half of them are left out. Pure: time comes in.
 * @source https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier ; there shares are compared by standard deviations,
 *   which two replicas do not have
 */
export class OutlierDetector {
  readonly #policy: OutlierPolicy;
  readonly #replicas: readonly ReplicaState[];
  #windowStart = monotonicMs(0);
  #ejectedUntil = monotonicMs(0);

  /** Watches `count` replicas, which have indexes from 0. */
  constructor(count: number, policy: OutlierPolicy = outlierPolicyDefault) {
    this.#policy = policy;
    this.#replicas = Array.from({ length: count }, () => ({
      answers: 0,
      failures: 0,
      latencyMsSum: 0,
      ejections: 0,
      ejectedUntil: monotonicMs(0),
    }));
  }

  /** Whether a replica is left out at `now`. */
  isEjected(index: number, now: MonotonicMs): boolean {
    // Nearly always nobody is.
    if (now >= this.#ejectedUntil) return false;
    const state = this.#replicas[index];
    return state !== undefined && now < state.ejectedUntil;
  }

  /** Replicas that are left out at `now`. */
  ejected(now: MonotonicMs): number {
    return this.#replicas.filter(({ ejectedUntil }) => now < ejectedUntil).length;
  }

  /** Takes an answer that came after `latencyMs`. */
  answered(index: number, latencyMs: number, now: MonotonicMs): void {
    const state = this.#replicas[index];
    if (state === undefined) return;
    this.#endWindow(now);
    state.answers += 1;
    state.latencyMsSum += latencyMs;
  }

  /** Takes a failure: an error that says that the replica is not well, or no answer in time. */
  failed(index: number, now: MonotonicMs): void {
    const state = this.#replicas[index];
    if (state === undefined) return;
    this.#endWindow(now);
    state.answers += 1;
    state.failures += 1;
    // A replica that hangs fails all that it gets: the end of the window would be too late for them.
    if (this.#isFailing(state)) this.#eject(state, now);
  }

  #endWindow(now: MonotonicMs): void {
    if (now - this.#windowStart < this.#policy.windowMs) return;
    this.#windowStart = now;
    for (const state of this.#replicas) {
      const { answersMin } = this.#policy;
      if (state.answers < answersMin || now < state.ejectedUntil) continue;
      if (this.#isFailing(state) || this.#isSlow(state)) this.#eject(state, now);
      else state.ejections = Math.max(0, state.ejections - 1);
    }
    for (const state of this.#replicas) forget(state);
  }

  #isFailing(state: ReplicaState): boolean {
    const { answersMin, failureShareMin } = this.#policy;
    if (state.answers < answersMin) return false;
    const share = state.failures / state.answers;
    if (share < failureShareMin) return false;
    const { answers, failures } = this.#others(state);
    return answers === 0 || failures / answers <= share / 2;
  }

  #isSlow(state: ReplicaState): boolean {
    const { slowdownMin, slowerMsMin, answersMin } = this.#policy;
    const others = this.#others(state);
    if (others.answers - others.failures < answersMin) return false;
    const ownMs = meanMs(state);
    const othersMs = meanMs(others);
    return ownMs > othersMs * slowdownMin && ownMs - othersMs > slowerMsMin;
  }

  #others(state: ReplicaState): Pick<ReplicaState, 'answers' | 'failures' | 'latencyMsSum'> {
    const sum = { answers: 0, failures: 0, latencyMsSum: 0 };
    for (const other of this.#replicas) {
      if (other === state) continue;
      sum.answers += other.answers;
      sum.failures += other.failures;
      sum.latencyMsSum += other.latencyMsSum;
    }
    return sum;
  }

  #eject(state: ReplicaState, now: MonotonicMs): void {
    if (now < state.ejectedUntil) return;
    if (2 * (this.ejected(now) + 1) > this.#replicas.length) return;
    const { ejectMsMin, ejectMsMax } = this.#policy;
    const forMs = Math.min(ejectMsMax, ejectMsMin * 2 ** state.ejections);
    state.ejections += 1;
    state.ejectedUntil = monotonicMs(now + forMs);
    if (state.ejectedUntil > this.#ejectedUntil) this.#ejectedUntil = state.ejectedUntil;
    forget(state);
  }
}

function meanMs({
  answers,
  failures,
  latencyMsSum,
}: Pick<ReplicaState, 'answers' | 'failures' | 'latencyMsSum'>): number {
  return answers > failures ? latencyMsSum / (answers - failures) : 0;
}

function forget(state: ReplicaState): void {
  state.answers = 0;
  state.failures = 0;
  state.latencyMsSum = 0;
}
