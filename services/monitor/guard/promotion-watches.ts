import type { AutoRollbackPlan } from '../../shared/definition/policy.ts';
import { type GuardPolicy, guardPolicy } from '../core/rollback/guard-policy.ts';
import {
  type Promotion,
  PromotionWatch,
  type WatchedRequest,
  type WatchedShadow,
} from '../core/rollback/promotion-watch.ts';
import type { JournalListener } from '../journal/journal-listener.ts';
import type { PredictionStore, StoredPrediction, StoredShadow } from '../ports.ts';

/** How the versions of a model are guarded. */
export interface GuardedModel {
  readonly modelBudgetMs: number;
  readonly autoRollback: AutoRollbackPlan;
}

/** Predictions that are counted again when the monitor starts: five minutes at 66 a second, read in a third of a second. */
const recountedMax = 20_000;

/** Gives when a guard acts, as the policy of a model has it. */
export function guardPolicyOf({ autoRollback }: GuardedModel): GuardPolicy {
  const { errorBudget, slowBudget, coolDownMs } = autoRollback;
  return {
    ...guardPolicy,
    budgets: {
      ...guardPolicy.budgets,
      errors: errorBudget,
      timeouts: errorBudget,
      slow: slowBudget,
    },
    coolDownMs,
  };
}

/** Keeps a watch over the promoted version of each model, out of what the journal takes. */
export class PromotionWatches implements JournalListener {
  readonly #store: PredictionStore;
  readonly #models: ReadonlyMap<string, GuardedModel>;
  readonly #role: GuardedRole;
  readonly #watches = new Map<string, PromotionWatch>();
  /** Counted from the store already; the journal may tell them once more. */
  readonly #recounted = new Set<string>();
  #isStarted = false;

  /** @param role whose answers are counted: those of what was promoted, or of what is on trial */
  constructor(
    store: PredictionStore,
    models: ReadonlyMap<string, GuardedModel>,
    role: GuardedRole = 'ROLE_PRODUCTION',
  ) {
    this.#store = store;
    this.#models = models;
    this.#role = role;
  }

  /** Gives the watch of a model; undefined where it has no version in production, as far as is known. */
  watchOf(model: string): PromotionWatch | undefined {
    return this.#watches.get(model);
  }

  /**
   * Takes where production points; another move begins another watch. The first call for a model counts what the log holds of it from before, so that a restart of
   * the monitor loses nothing.
   * @param nowMs epoch ms: another promotion is counted from then on
   */
  follow(model: string, promotion: Promotion | undefined, nowMs: number): void {
    const known = this.#watches.get(model);
    if (promotion === undefined) {
      this.#watches.delete(model);
      return;
    }
    if (known !== undefined && isSame(known.promotion, promotion)) return;
    const { modelBudgetMs = 0 } = this.#models.get(model) ?? {};
    const isFirst = known === undefined && !this.#isStarted;
    const watch = new PromotionWatch(promotion, modelBudgetMs, isFirst ? 0 : nowMs);
    this.#watches.set(model, watch);
    if (isFirst) this.#recount(watch);
  }

  /** Says that every model was followed once: whatever is promoted from now on begins with nothing. */
  started(): void {
    this.#isStarted = true;
    this.#recounted.clear();
  }

  prediction(prediction: StoredPrediction): void {
    if (this.#recounted.delete(prediction.predictionId)) return;
    this.#watches.get(prediction.model)?.request(toWatched(prediction, this.#role));
  }

  shadow(shadow: StoredShadow): void {
    for (const watch of this.#watches.values()) {
      if (watch.promotion.previousVersion !== shadow.version) continue;
      watch.shadow(toWatchedShadow(shadow));
      // The outcome may have come before the shadow.
      if (this.#store.outcome(shadow.predictionId) !== undefined) this.outcome(shadow.predictionId);
    }
  }

  outcome(predictionId: string): void {
    if (this.#watches.size === 0) return;
    const prediction = this.#store.prediction(predictionId);
    if (prediction === undefined) return;
    const watch = this.#watches.get(prediction.model);
    if (watch !== undefined) this.#pair(watch, prediction);
  }

  #pair(watch: PromotionWatch, prediction: StoredPrediction): void {
    const { version, previousVersion } = watch.promotion;
    const { predictionId, tier, role, shadowVersions, keys, score } = prediction;
    const isOwn = tier === 'TIER_MODEL' && prediction.version === version;
    if (!isOwn || role !== this.#role || !shadowVersions.includes(previousVersion)) return;
    const shadow = this.#store
      .shadows(predictionId)
      .find((answer) => answer.version === previousVersion);
    const label = this.#store.outcome(predictionId)?.label;
    if (shadow?.score === undefined || label === undefined) return;
    if (!Number.isFinite(shadow.score) || !Number.isFinite(score)) return;
    watch.pair(predictionId, {
      entity: keys.join('\u001f'),
      currentScore: score,
      previousScore: shadow.score,
      label: label > 0.5 ? 1 : 0,
    });
  }

  #recount(watch: PromotionWatch): void {
    const found: StoredPrediction[] = [];
    for (const prediction of this.#store.newest()) {
      if (found.length === recountedMax) break;
      found.push(prediction);
    }
    for (const prediction of found.reverse()) {
      if (prediction.model !== watch.promotion.model) continue;
      this.#recounted.add(prediction.predictionId);
      watch.request(toWatched(prediction, this.#role));
      if (prediction.shadowVersions.length === 0) continue;
      for (const shadow of this.#store.shadows(prediction.predictionId)) {
        watch.shadow(toWatchedShadow(shadow));
      }
      if (this.#store.outcome(prediction.predictionId) !== undefined) this.#pair(watch, prediction);
    }
  }
}

function isSame(left: Promotion, right: Promotion): boolean {
  return (
    left.version === right.version &&
    left.previousVersion === right.previousVersion &&
    left.generation === right.generation
  );
}

/** Whose answers a guard watches. */
export type GuardedRole = 'ROLE_PRODUCTION' | 'ROLE_CANARY';

/** Gives what a guard looks at of a logged prediction. */
export function toWatched(prediction: StoredPrediction, guarded: GuardedRole): WatchedRequest {
  const { predictionId, receivedAtMs, role, skippedReason, shadowVersions } = prediction;
  const { assignedVersion, modelMs, modelBudgetMs } = prediction;
  return {
    predictionId,
    receivedAtMs,
    role: role === guarded ? 'GUARDED' : isBeside(role, guarded) ? 'BESIDE' : 'OTHER',
    assignedVersion,
    failure: skippedReason,
    modelMs,
    modelBudgetMs,
    shadowVersions,
  };
}

/** Whether answers are of those whom the version before may have answered at the same time: control, and beside a canary all others. */
function isBeside(role: StoredPrediction['role'], guarded: GuardedRole): boolean {
  return role === 'ROLE_CONTROL' || (guarded === 'ROLE_CANARY' && role === 'ROLE_PRODUCTION');
}

/** Gives what a guard looks at of a logged answer of a shadow. */
export function toWatchedShadow({ predictionId, version, ...shadow }: StoredShadow): WatchedShadow {
  const isAnswer = shadow.score !== undefined && Number.isFinite(shadow.score);
  const failure = isAnswer ? '' : shadow.failedReason || 'TENSOR_NOT_FINITE';
  return { predictionId, version, failure, latencyMs: shadow.latencyMs };
}
