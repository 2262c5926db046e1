import { rateRatioStart, stepRateRatio } from '../statistics/rate-ratio-sequence.ts';
import { countRequest } from './count-request.ts';
import type { GuardInputs, RecentlyServed } from './guard-inputs.ts';
import { type LabelledPair, PairedHarm } from './paired-harm.ts';
import {
  type FailureKind,
  failureKinds,
  ServedStretches,
  servedWindow,
  stretchMs,
} from './served-window.ts';
import { SlowLimit } from './slow-limit.ts';

/** A version that was promoted, and the one that it replaced. */
export interface Promotion {
  readonly model: string;
  readonly version: number;
  /** 0 where there is none to go back to. */
  readonly previousVersion: number;
  /** Generation of the alias `production`: another move is another promotion. */
  readonly generation: number;
}

/** What is to be known of an answer that went to a caller. */
export interface WatchedRequest {
  readonly predictionId: string;
  /** When the monitor took it, epoch ms. */
  readonly receivedAtMs: number;
  /** Whether the version that is guarded was to answer as such, or whoever answers others at the same time. */
  readonly role: 'GUARDED' | 'BESIDE' | 'OTHER';
  /** Version that was to answer. */
  readonly assignedVersion: number;
  /** Why that did not answer; '' where it did. */
  readonly failure: string;
  readonly modelMs: number;
  readonly modelBudgetMs: number;
  readonly shadowVersions: readonly number[];
}

/** What a shadow made of a request. */
export interface WatchedShadow {
  readonly predictionId: string;
  readonly version: number;
  readonly failure: string;
  readonly latencyMs: number;
}

/** What comparing has found so far. */
export type ComparedInputs = Pick<
  GuardInputs,
  'countedFromMs' | 'countedUntilMs' | 'current' | 'previous' | 'rateRatios'
>;

/** Requests that wait for the answer of the version before, at most: it comes within a second. */
const waitingMax = 20_000;

/**
 * Keeps what the monitor knows of a promoted version against the version before: counts of five minutes by stretches of 5 s, the evidence of slightly more failures, and the loss on known outcomes. The version before is counted on its answers as a shadow of
 * the same requests, and on the control cohort where that gets it. Memory is bounded.
 */
export class PromotionWatch {
  readonly promotion: Promotion;
  readonly harm = new PairedHarm();
  /** Requests that the monitor took before are left out, epoch ms. */
  readonly countedFromMs: number;
  readonly #policyBudgetMs: number;
  readonly #slow = new SlowLimit();
  readonly #waiting = new Map<string, { readonly atMs: number; readonly budgetMs: number }>();
  readonly #paired = new Set<string>();
  readonly #current = new ServedStretches();
  readonly #previous = new ServedStretches();
  #rateRatios: Readonly<Record<FailureKind, typeof rateRatioStart>> = {
    errors: rateRatioStart,
    timeouts: rateRatioStart,
    fallbacks: rateRatioStart,
    slow: rateRatioStart,
  };
  /** Begin of the first stretch that the rate ratios have not seen; 0 before anything was. */
  #openMs = 0;
  #newestMs = 0;

  /** @param policyBudgetMs what the policy gives the model */
  constructor(promotion: Promotion, policyBudgetMs: number, countedFromMs: number) {
    this.promotion = promotion;
    this.countedFromMs = countedFromMs;
    this.#policyBudgetMs = policyBudgetMs;
  }

  /** When the newest request of the version came, epoch ms; 0 before the first. */
  get newestMs(): number {
    return this.#newestMs;
  }

  /** Takes a request, in any order; each once. */
  request(request: WatchedRequest): void {
    const { role, assignedVersion, receivedAtMs } = request;
    const { version, previousVersion } = this.promotion;
    if (receivedAtMs < this.countedFromMs || assignedVersion === 0) return;
    if (role === 'BESIDE' && assignedVersion === previousVersion) this.#heldBack(request);
    if (role === 'GUARDED' && assignedVersion === version) this.#served(request);
  }

  /** Takes what a shadow made of a request that came before; each once. */
  shadow({ predictionId, version, failure, latencyMs }: WatchedShadow): void {
    if (version !== this.promotion.previousVersion) return;
    const waiting = this.#waiting.get(predictionId);
    if (waiting === undefined) return;
    this.#waiting.delete(predictionId);
    const answer = { failure, tookMs: latencyMs, budgetMs: waiting.budgetMs };
    const counts = countRequest(answer, this.#limits());
    if (counts !== undefined) this.#previous.record(waiting.atMs, counts);
    if (failure === '') this.#slow.add(latencyMs);
  }

  /** Takes a request whose outcome is known and that both versions answered; it may be told twice within a short while. */
  pair(predictionId: string, pair: LabelledPair): void {
    if (this.#paired.has(predictionId)) return;
    this.#paired.add(predictionId);
    keepNewest(this.#paired);
    this.harm.add(pair);
  }

  /** Gives what comparing says at a time, epoch ms: of the stretches that are over and settled. O(60) a stretch since the last call. */
  inputsAt(nowMs: number): ComparedInputs {
    const { untilMs } = servedWindow(nowMs, stretchMs);
    while (this.#openMs !== 0 && this.#openMs < untilMs) {
      this.#step(this.#openMs);
      this.#openMs += stretchMs;
    }
    return {
      countedFromMs: this.countedFromMs,
      countedUntilMs: this.#newestMs,
      current: recently(this.#current, untilMs),
      previous: recently(this.#previous, untilMs),
      rateRatios: this.#rateRatios,
    };
  }

  #served(request: WatchedRequest): void {
    const { predictionId, receivedAtMs: atMs, modelBudgetMs: budgetMs } = request;
    this.#newestMs = Math.max(this.#newestMs, atMs);
    if (this.#openMs === 0) this.#openMs = Math.floor(atMs / stretchMs) * stretchMs;
    const counts = countRequest(answerOf(request), this.#limits());
    if (counts !== undefined) this.#current.record(atMs, counts);
    if (!request.shadowVersions.includes(this.promotion.previousVersion)) return;
    this.#waiting.set(predictionId, { atMs, budgetMs });
    keepNewest(this.#waiting);
  }

  #heldBack(request: WatchedRequest): void {
    const counts = countRequest(answerOf(request), this.#limits());
    if (counts === undefined) return;
    this.#previous.record(request.receivedAtMs, counts);
    if (request.failure === '' && request.modelBudgetMs > 0) this.#slow.add(request.modelMs);
  }

  #step(startMs: number): void {
    const current = this.#current.within(startMs + stretchMs, stretchMs);
    const previous = this.#previous.within(startMs + stretchMs, stretchMs);
    const ratios = failureKinds.map((kind) => [
      kind,
      stepRateRatio(
        this.#rateRatios[kind],
        { requests: current.requests, failures: current[kind] },
        { requests: previous.requests, failures: previous[kind] },
      ),
    ]);
    this.#rateRatios = { ...this.#rateRatios, ...Object.fromEntries(ratios) };
    this.#slow.renew();
  }

  #limits() {
    return { policyBudgetMs: this.#policyBudgetMs, slowMs: this.#slow.limitMs };
  }
}

function answerOf({ failure, modelMs, modelBudgetMs }: WatchedRequest) {
  return { failure, tookMs: modelMs, budgetMs: modelBudgetMs };
}

function keepNewest(waiting: Map<string, unknown> | Set<string>): void {
  for (const oldest of waiting.keys()) {
    if (waiting.size <= waitingMax) return;
    waiting.delete(oldest);
  }
}

function recently(stretches: ServedStretches, untilMs: number): RecentlyServed {
  return {
    oneMinute: stretches.within(untilMs, 60_000),
    fiveMinutes: stretches.within(untilMs, 300_000),
  };
}
