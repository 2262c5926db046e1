import { Breaker } from '../../shared/policy/breaker.ts';

/** Versions whose breakers are kept: those that answered last. */
const breakersMax = 64;

/**
 * Half of the last 64 calls have to fail, for a fifth of a second, before a version is not asked any more: a burst of late answers under load is no reason, a version
 * that hangs is. At 2,500 requests a second 64 calls are 25 ms, in which a pause of the garbage collector makes all late. It is tried again after a quarter of a second, and then ever more rarely, up to every 2 s.
 */
const options = {
  windowCalls: 64,
  callsMin: 16,
  failureRateMax: 0.5,
  lastingMs: 200,
  openMs: 250,
  openMsMax: 2_000,
};

/** Keeps one breaker a version, and one for the feature service. */
export class VersionBreakers {
  /** While it is open nobody waits for features that don't come: their defaults stand in, as the policy of the model allows. */
  readonly features = new Breaker(options);
  readonly #breakers = new Map<string, Breaker>();

  /** Gives the breaker of a version, a closed one for a version that was not asked before. */
  of(model: string, version: number): Breaker {
    const key = `${version}/${model}`;
    const known = this.#breakers.get(key);
    if (known !== undefined) return known;
    const breaker = new Breaker(options);
    this.#breakers.set(key, breaker);
    for (const oldest of this.#breakers.keys()) {
      if (this.#breakers.size <= breakersMax) break;
      this.#breakers.delete(oldest);
    }
    return breaker;
  }
}
