import type { Clock } from '../../shared/kernel/clock.ts';
import type { Ledger, LedgerFigures } from '../core/ledger.ts';
import type { LedgerPrediction, Tier } from '../core/ledger-entries.ts';
import { type RecentFigures, RecentLatencies } from '../core/recent-latencies.ts';
import type { ShareCounts } from '../core/share-window.ts';
import { IntakeOrder } from '../core/windows/intake-order.ts';
import type {
  AuditedAnswer,
  PredictionStore,
  StoredOutcome,
  StoredPrediction,
  StoredShadow,
} from '../ports.ts';
import type { JournalListener } from './journal-listener.ts';

/** What a journal is made of. */
export interface JournalParts {
  readonly store: PredictionStore;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Takes each new answer that has a feature vector. */
  readonly audit: (answer: AuditedAnswer) => void;
  readonly counters: AnswerCounters;
  readonly listeners: readonly JournalListener[];
}

/** Counts answers by version and time. */
export interface AnswerCounters {
  /** Takes each answer of the log once, in the order of the batches. */
  count(prediction: StoredPrediction): void;
  /** Resolves at once, or when there is room for more counters. */
  room(): Promise<void>;
}

/** A batch of what one router has to tell. */
export interface JournalBatch {
  /** When and in which batch they were received is not looked at: the journal says that. */
  readonly predictions: readonly Omit<StoredPrediction, 'receivedAtMs' | 'intake'>[];
  readonly shadows: readonly StoredShadow[];
  /** Records that this router dropped since its start. */
  readonly dropped: number;
}

/** What became of a list of outcomes. */
export interface RecordedOutcomes {
  readonly recorded: number;
  readonly duplicates: number;
}

/** Routers whose losses are remembered; a restart makes a new one. */
const routersMax = 1_000;

/** Takes what routers and callers tell: durable first, counted then, each thing once. */
export class PredictionJournal {
  readonly #store: PredictionStore;
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #audit: (answer: AuditedAnswer) => void;
  readonly #counters: AnswerCounters;
  readonly #order: IntakeOrder<readonly StoredPrediction[]>;
  readonly #listeners: readonly JournalListener[];
  readonly #recent = new Map<string, RecentLatencies>();
  readonly #droppedBy = new Map<string, number>();

  constructor({ store, ledger, clock, audit, counters, listeners }: JournalParts) {
    this.#counters = counters;
    this.#order = new IntakeOrder((predictions) => {
      for (const prediction of predictions) counters.count(prediction);
    });
    this.#store = store;
    this.#ledger = ledger;
    this.#clock = clock;
    this.#audit = audit;
    this.#listeners = listeners;
  }

  /** Counts what the store holds from before. Call it once, before anything is taken. O(records). @param counted number of the last batch that was ever counted */
  rebuild(counted = 0): void {
    this.#order.resume(counted);
    const { predictions, shadows, outcomes } = this.#store.all();
    for (const prediction of predictions) {
      this.#ledger.prediction(toLedger(prediction));
      this.#order.resume(prediction.intake);
      this.#counters.count(prediction);
    }
    for (const shadow of shadows) this.#ledger.shadow(shadowToLedger(shadow));
    for (const outcome of outcomes) this.#countOutcome(outcome);
  }

  /** Takes a batch, whose records are the journal's from then on; durable when it resolves. */
  async append({ predictions: told, shadows, dropped }: JournalBatch): Promise<void> {
    await this.#counters.room();
    const receivedAtMs = this.#clock.epoch();
    const intake = this.#order.begin();
    // In place: a copy of each record would cost a tenth of all that the monitor does with it.
    const taken = { receivedAtMs, intake };
    const predictions = told.map((prediction) => Object.assign(prediction, taken));
    let fresh: readonly StoredPrediction[] = [];
    try {
      await this.#store.append(predictions, shadows);
      fresh = predictions.filter((prediction) => this.#ledger.prediction(toLedger(prediction)));
    } finally {
      this.#order.finish(intake, fresh);
    }
    for (const prediction of fresh) this.#tell(prediction);
    for (const shadow of shadows) {
      if (!this.#ledger.shadow(shadowToLedger(shadow))) continue;
      for (const listener of this.#listeners) listener.shadow(shadow);
    }
    const anyId = predictions[0]?.predictionId ?? shadows[0]?.predictionId;
    if (anyId !== undefined) this.#countDropped(anyId, dropped);
  }

  /** Takes outcomes, whether or not their predictions have arrived; durable when it resolves. */
  async recordOutcomes(outcomes: readonly StoredOutcome[]): Promise<RecordedOutcomes> {
    const fresh = outcomes.filter(({ predictionId }) => !this.#store.outcome(predictionId));
    await this.#store.appendOutcomes(fresh);
    const counted = fresh.filter((outcome) => this.#countOutcome(outcome));
    for (const { predictionId } of counted) {
      for (const listener of this.#listeners) listener.outcome(predictionId);
    }
    const recorded = counted.length;
    return { recorded, duplicates: outcomes.length - recorded };
  }

  figures(model: string): LedgerFigures {
    return this.#ledger.figures(model, this.#clock.epoch());
  }

  /** Gives what shadows of a model were to answer within the last ten minutes, and what they did. */
  recentPairs(model: string): ShareCounts {
    return this.#ledger.recentPairs(model, this.#clock.epoch());
  }

  /** Gives the requests of the last ten minutes and those that failed at what versions share. */
  recentPeerFailures(model: string) {
    return this.#ledger.recentPeerFailures(model, this.#clock.epoch());
  }

  recent(model: string): RecentFigures {
    return this.#recentOf(model).figures(this.#clock.monotonic());
  }

  /** Number of the last batch whose answers were counted, with all before it. */
  get counted(): number {
    return this.#order.handed;
  }

  /** Records that routers dropped, as far as they have told. */
  get dropped(): number {
    return [...this.#droppedBy.values()].reduce((sum, dropped) => sum + dropped, 0);
  }

  #tell(prediction: StoredPrediction): void {
    for (const listener of this.#listeners) listener.prediction(prediction);
    const { model, latencyMs, tier, role, skippedReason, stamp } = prediction;
    // What the policy gave to the control is served as it was meant to be, and so is what no version is in production for.
    const isMeant = role === 'ROLE_CONTROL' || skippedReason === 'ALIAS_UNKNOWN';
    const isDegraded = tier !== 'TIER_MODEL' && !isMeant;
    this.#recentOf(model).add(this.#clock.monotonic(), latencyMs, isDegraded);
    if (stamp === null) return;
    const { predictionId, keys, values, statuses } = prediction;
    const { atMs, logOffset, featureSetHash } = stamp;
    this.#audit({ predictionId, model, keys, values, statuses, atMs, logOffset, featureSetHash });
  }

  /** Tells whether the outcome is new. */
  #countOutcome({ predictionId, label, businessValue: value }: StoredOutcome): boolean {
    const outcome = { predictionId, label, value };
    if (!this.#ledger.holds(predictionId)) {
      const prediction = this.#store.prediction(predictionId);
      if (prediction !== undefined) {
        this.#ledger.lateOutcome(toLedger(prediction), outcome);
        return true;
      }
    }
    return this.#ledger.outcome(outcome);
  }

  #countDropped(predictionId: string, dropped: number): void {
    const router = predictionId.slice(0, predictionId.indexOf('-'));
    this.#droppedBy.set(router, Math.max(dropped, this.#droppedBy.get(router) ?? 0));
    if (this.#droppedBy.size <= routersMax) return;
    for (const oldest of this.#droppedBy.keys()) {
      this.#droppedBy.delete(oldest);
      break;
    }
  }

  #recentOf(model: string): RecentLatencies {
    const known = this.#recent.get(model);
    if (known) return known;
    const made = new RecentLatencies();
    this.#recent.set(model, made);
    return made;
  }
}

const tiers: Readonly<Record<StoredPrediction['tier'], Tier>> = {
  TIER_UNSPECIFIED: 'RULES',
  TIER_MODEL: 'MODEL',
  TIER_FALLBACK: 'FALLBACK',
  TIER_RULES: 'RULES',
};

function toLedger(prediction: StoredPrediction): LedgerPrediction {
  return {
    predictionId: prediction.predictionId,
    model: prediction.model,
    tier: tiers[prediction.tier],
    version: prediction.version,
    score: prediction.score,
    atMs: prediction.atMs,
    receivedAtMs: prediction.receivedAtMs,
    shadowVersions: prediction.shadowVersions,
    failure: prediction.skippedReason,
  };
}

function shadowToLedger({ predictionId, version, result, score, failedReason }: StoredShadow) {
  const isScore = result === 'score';
  return {
    predictionId,
    version,
    score: isScore ? score : undefined,
    failure: isScore ? '' : (failedReason ?? ''),
  };
}
