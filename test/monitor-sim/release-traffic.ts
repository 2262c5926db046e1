import type { StoredPrediction, StoredShadow } from '../../services/monitor/ports.ts';
import type { Random } from '../../services/shared/kernel/clock.ts';
import { answerOf, promoted, replaced, type SimulatedRelease } from './simulated-release.ts';

/** Requests a second, and which share of them the version before sees as a shadow: what `policy` gives by default. */
export const requestsPerSecond = 50;
const reverseShare = 0.1;
/** What the router leaves of 50 ms for the model. */
const budgetMs = 45;
/** Of a shadow's copies, those that its queue drops. */
const droppedShare = 0.01;
/** Of pairs, those whose outcome is known; of so many entities. */
const labelledShare = 0.1;
const entities = 1_000;

/** How what both versions depend on does in one second. */
export interface Surroundings {
  /** Share of calls that fail as if it were the version's own fault. */
  readonly failing: number;
  /** Share of calls that take so many times as long. */
  readonly slow: number;
  readonly slowness: number;
  /** Share of calls that reach nobody, and of requests that the router's breaker keeps back. */
  readonly away: number;
  readonly kept: number;
}

/** Nothing is wrong. */
export const calm: Surroundings = { failing: 0, slow: 0, slowness: 1, away: 0, kept: 0 };

/** What of a version's answers fails anyway. */
const usualErrors = 0.002;
/** Calls that meet a pause of the process, such as a garbage collection. */
const pausedShare = 0.01;

/** Draws the traffic of a release: each request, each copy for the version before, each outcome. */
export class ReleaseTraffic {
  readonly #random: Random;
  readonly #release: SimulatedRelease;
  readonly #onAnswer: (prediction: StoredPrediction) => void;
  #sequence = 0;

  /** @param onAnswer hears of each answer to a caller */
  constructor(
    random: Random,
    release: SimulatedRelease,
    onAnswer: (prediction: StoredPrediction) => void = () => undefined,
  ) {
    this.#random = random;
    this.#release = release;
    this.#onAnswer = onAnswer;
  }

  /** Lets one second pass. @param excess share of calls in which the promoted version fails where the one before does not */
  async second(around: Surroundings, excess = 0): Promise<void> {
    const startMs = this.#release.clock.epoch();
    for (let index = 0; index < requestsPerSecond; index += 1) {
      this.#request(startMs + (index * 1_000) / requestsPerSecond, around, excess);
    }
    await this.#release.clock.advance(1_000);
  }

  #request(receivedAtMs: number, around: Surroundings, excess: number): void {
    this.#sequence += 1;
    const random = this.#random;
    const predictionId = String(this.#sequence);
    const { failure, tookMs } = this.#call(around, usualErrors + excess);
    const isKept = random.next() < around.kept;
    const isLate = failure === '' && tookMs > budgetMs;
    const shadowed = random.next() < reverseShare;
    const score = random.next();
    const skippedReason = isKept ? 'PEER_UNAVAILABLE' : isLate ? 'DEADLINE_PASSED' : failure;
    const prediction = answerOf({
      predictionId,
      receivedAtMs,
      score,
      skippedReason,
      tier: skippedReason === '' ? 'TIER_MODEL' : 'TIER_FALLBACK',
      version: skippedReason === '' ? promoted : 1,
      modelMs: isKept ? 0 : Math.min(tookMs, budgetMs),
      modelBudgetMs: budgetMs,
      keys: shadowed ? [String(Math.floor(random.next() * entities))] : [],
      shadowVersions: shadowed ? [replaced] : [],
    });
    this.#release.answer(prediction);
    this.#onAnswer(prediction);
    if (shadowed && random.next() >= droppedShare) this.#copy(prediction, around);
  }

  /** The version before has the same request some ms later, in the same surroundings. */
  #copy(prediction: StoredPrediction, around: Surroundings): void {
    const random = this.#random;
    const { predictionId, score: current } = prediction;
    const { failure, tookMs } = this.#call(around, usualErrors);
    // As good as the promoted version, and not the same.
    const score = Math.min(1, Math.max(0, current + (random.next() - 0.5) / 5));
    const shadow: StoredShadow =
      failure === ''
        ? { predictionId, version: replaced, score, result: 'score', latencyMs: tookMs }
        : {
            predictionId,
            version: replaced,
            failedReason: failure,
            result: 'failedReason',
            latencyMs: tookMs,
          };
    const isKnown = random.next() < labelledShare;
    const label = random.next() < (current + score) / 2 ? 1 : 0;
    this.#release.shadow(shadow, prediction, isKnown ? label : undefined);
  }

  #call({ failing, slow, slowness, away }: Surroundings, errors: number) {
    const random = this.#random;
    // Exponential beyond a floor: some 6 ms in the median, 18 ms at the 99th percentile.
    const plainMs = 4 - 3 * Math.log(1 - random.next());
    const pauseMs = random.next() < pausedShare ? -20 * Math.log(1 - random.next()) : 0;
    const tookMs = (plainMs + pauseMs) * (random.next() < slow ? slowness : 1);
    if (random.next() < away) return { failure: 'PEER_UNAVAILABLE', tookMs: 1 };
    const fails = random.next() < errors + failing;
    return { failure: fails ? 'INFERENCE_FAILED' : '', tookMs };
  }
}
