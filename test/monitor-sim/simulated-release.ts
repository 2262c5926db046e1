import { GuardLoop } from '../../services/monitor/guard/guard-loop.ts';
import { PromotionWatches } from '../../services/monitor/guard/promotion-watches.ts';
import type {
  PredictionStore,
  StoredOutcome,
  StoredPrediction,
  StoredShadow,
} from '../../services/monitor/ports.ts';
import type {
  AutomaticRollback,
  ReleaseControl,
  ReleasePosition,
  VerdictStore,
} from '../../services/monitor/release-ports.ts';
import { policy } from '../../services/shared/definition/policy.ts';
import { blindDesk } from '../support/blind-desk.ts';
import { ManualClock } from '../support/manual-clock.ts';

const model = 'm';

/** The version that was promoted. */
export const promoted = 3;
/** The one before it. */
export const replaced = 2;

/** A model with all defaults of a policy, guarded by the guard of the monitor itself; what it writes to is memory. */
export class SimulatedRelease {
  readonly clock = new ManualClock();
  readonly #pair = new PairAtHand();
  readonly #releases = new Releases();
  readonly #verdicts = new Verdicts();
  readonly #watches: PromotionWatches;
  readonly #loop: GuardLoop;
  readonly #signal = new AbortController().signal;

  constructor() {
    const models = new Map([[model, policy({ cohortBy: [] })]]);
    this.#watches = new PromotionWatches(this.#pair, models);
    this.#loop = new GuardLoop({
      clock: this.clock,
      models,
      watches: this.#watches,
      releases: this.#releases,
      verdicts: this.#verdicts,
      businessOf: () => undefined,
      onError: (_model, error) => {
        throw error;
      },
      onRollback: () => undefined,
      blameOf: (verdict) => blindDesk.ofVerdict(verdict, this.clock.epoch()),
    });
  }

  /** Takes an answer as the journal of the monitor would. */
  answer(prediction: StoredPrediction): void {
    this.#watches.prediction(prediction);
  }

  /** Takes what the version before made of a request, and what came of it where that is known. */
  shadow(shadow: StoredShadow, prediction: StoredPrediction, label: number | undefined): void {
    const { predictionId } = shadow;
    const outcome =
      label === undefined ? undefined : { predictionId, label, observedAtMs: this.clock.epoch() };
    this.#pair.hold(prediction, shadow, outcome);
    this.#watches.shadow(shadow);
  }

  /** Looks once, as the guard does each second; says what it did, `keep` where it let the version be. */
  async look(): Promise<string> {
    await this.#loop.look(model, this.#signal);
    return this.#loop.standOf(model)?.verdict.record.decision.action ?? 'keep';
  }

  /** The guard itself. */
  get guard(): Pick<GuardLoop, 'standOf'> {
    return this.#loop;
  }

  /** Begins anew: the version is promoted once more, and no rollback is remembered. */
  async promote(): Promise<void> {
    this.#releases.promote();
    this.#verdicts.forget();
    await this.look();
  }
}

/** Gives an answer of the promoted version. */
export function answerOf(
  change: Pick<StoredPrediction, 'predictionId' | 'receivedAtMs'> & Partial<StoredPrediction>,
): StoredPrediction {
  return { ...plainAnswer, ...change };
}

const plainAnswer: StoredPrediction = {
  predictionId: '',
  model,
  tier: 'TIER_MODEL',
  version: promoted,
  role: 'ROLE_PRODUCTION',
  score: 0,
  keys: [],
  stamp: null,
  values: Buffer.alloc(0),
  statuses: Buffer.alloc(0),
  requestValues: Buffer.alloc(0),
  latencyMs: 0,
  skippedReason: '',
  traceId: '',
  atMs: 0,
  shadowVersions: [],
  receivedAtMs: 0,
  assignedVersion: promoted,
  modelMs: 0,
  modelBudgetMs: 0,
  intake: 1,
};

/** The log, of which the guard only asks for the pair that it is told of. */
class PairAtHand implements PredictionStore {
  #prediction: StoredPrediction | undefined;
  #shadow: StoredShadow | undefined;
  #outcome: StoredOutcome | undefined;

  hold(prediction: StoredPrediction, shadow: StoredShadow, outcome: StoredOutcome | undefined) {
    this.#prediction = prediction;
    this.#shadow = shadow;
    this.#outcome = outcome;
  }

  prediction(): StoredPrediction | undefined {
    return this.#prediction;
  }

  shadows(): readonly StoredShadow[] {
    return this.#shadow === undefined ? [] : [this.#shadow];
  }

  outcome(): StoredOutcome | undefined {
    return this.#outcome;
  }

  newest(): Iterable<StoredPrediction> {
    return [];
  }

  all() {
    return { predictions: [], shadows: [], outcomes: [] };
  }

  append(): Promise<void> {
    return Promise.resolve();
  }

  appendOutcomes(): Promise<void> {
    return Promise.resolve();
  }
}

class Releases implements ReleaseControl {
  #generation = 1;

  promote(): void {
    this.#generation += 1;
  }

  position(): Promise<ReleasePosition> {
    return Promise.resolve({
      model,
      version: promoted,
      previousVersion: replaced,
      generation: this.#generation,
      isPreviousQuarantined: false,
      isPreviousReady: true,
    });
  }

  rollback(): Promise<number> {
    return Promise.resolve(this.#generation + 1);
  }

  quarantine(): Promise<void> {
    return Promise.resolve();
  }
}

class Verdicts implements VerdictStore {
  #last: AutomaticRollback | undefined;

  append(): Promise<void> {
    return Promise.resolve();
  }

  verdict(): undefined {
    return undefined;
  }

  newest(): [] {
    return [];
  }

  keepRollback(rollback: AutomaticRollback): Promise<void> {
    this.#last = rollback;
    return Promise.resolve();
  }

  lastRollback(): AutomaticRollback | undefined {
    return this.#last;
  }

  forget(): void {
    this.#last = undefined;
  }
}
