import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Reason } from '../../shared/kernel/reason.ts';
import type { TraceContext } from '../../shared/kernel/trace-context.ts';
import type { MonotonicMs } from '../../shared/kernel/units.ts';
import type { Verdict } from '../../shared/policy/breaker.ts';
import { checkedAnswer } from '../core/checked-answer.ts';
import type { Assignment } from '../core/cohort.ts';
import type { ModelContract, RulesAnswer } from '../core/model-contract.ts';
import type { PredictQuery } from '../core/parse-request.ts';
import type { ModelRouting } from '../core/routing-table.ts';
import { hadTime, isForTime, isTooSparse, tierAfterModel } from '../core/tier-policy.ts';
import type { VersionRows } from '../core/version-sets.ts';
import type { FeatureAnswer, ModelAnswer, Receiver, TierName } from '../ports.ts';
import { ModelReceiver } from './model-receiver.ts';
import type { PredictionResult, SkippedTier } from './prediction-result.ts';
import type { RouterParts } from './router-parts.ts';
import { featureQueryFor, leadRows, otherFallbackRows, type RunRows, rowFor } from './run-rows.ts';
import { noAnswer, rulesFailed } from './tier-errors.ts';

/** What a run is started with. */
export interface RunStart {
  readonly predictionId: string;
  readonly contract: ModelContract;
  /** How rows are made for the version that is to answer, and for the fallback. */
  readonly rows: RunRows;
  readonly routing: ModelRouting;
  /** Which version is to answer, or that the rules are. */
  readonly assignment: Assignment;
  readonly query: PredictQuery;
  readonly startedAt: MonotonicMs;
  /** When it was let in; it may have waited for that. */
  readonly admittedAt: MonotonicMs;
  /** When the model must have answered, features included. */
  readonly modelDeadline: MonotonicMs;
  /** When the caller stops waiting. */
  readonly deadline: MonotonicMs;
  /** Parent of the spans of the calls to feature and prediction; undefined when the head did not sample the trace. */
  readonly trace: TraceContext | undefined;
}

/** Who waits for a run: exactly one of the two is called, once. */
export interface RunListener {
  onDone(result: PredictionResult, run: PredictionRun): void;
  /** No tier answered: the rules failed, or the policy keeps them from being asked. */
  onFailed(error: MeshError, run: PredictionRun): void;
}

/** What the rules may take: microseconds as a rule, and a timer fires late. Longer ones are counted. */
const rulesMs = 2;

type Stage = 'features' | 'model' | 'fallback' | 'done';

/**
 * One request on its way through the tiers. It is its own receiver for both streams: an answer that comes when its stage is over is
 * late, and is counted and dropped. Its listener hears exactly once.
 */
export class PredictionRun implements Receiver<FeatureAnswer> {
  readonly start: RunStart;
  readonly #parts: RouterParts;
  readonly #listener: RunListener;
  readonly #skipped: SkippedTier[] = [];
  /** Of the feature set that `#features` and `#row` are of. */
  readonly #lead: VersionRows;
  readonly #fallbackRows: VersionRows | undefined;
  #fallbackFeatures: FeatureAnswer | undefined;
  #stage: Stage = 'features';
  #timer: unknown;
  #features: FeatureAnswer | undefined;
  #featureReason: Reason | undefined;
  #row: Float32Array | undefined;
  /** Whether the model was asked, and how its breaker let the call through. */
  #isAsked = false;
  /** Whether the features are waited for, and whether that is a probe of their breaker. */
  #isReading = false;
  #isReadProbe = false;
  #isProbe = false;
  #featuresDoneAt: MonotonicMs;
  #modelDoneAt: MonotonicMs;

  constructor(parts: RouterParts, start: RunStart, listener: RunListener) {
    this.#parts = parts;
    this.start = start;
    this.#listener = listener;
    this.#lead = leadRows(start.rows, start.contract);
    this.#fallbackRows = otherFallbackRows(start.rows, this.#lead);
    this.#featuresDoneAt = start.admittedAt;
    this.#modelDoneAt = start.admittedAt;
  }

  /** The float32 row of {@link rows}; the shadows of that feature set get the same. Undefined when no row was made. */
  get row(): Float32Array | undefined {
    return this.#row;
  }

  /** How {@link row} was made. */
  get rows(): VersionRows {
    return this.#lead;
  }

  /** Asks for the features, and goes on from there by itself. */
  begin(): void {
    const { query, modelDeadline, admittedAt, trace } = this.start;
    const budgetMs = modelDeadline - admittedAt;
    if (budgetMs <= 0) {
      this.#leaveModel('DEADLINE_PASSED');
      return;
    }
    this.#timer = this.#parts.timers.after(budgetMs, () => this.#leaveModel('DEADLINE_PASSED'));
    const reading = this.#parts.featureBreaker.admit(admittedAt);
    if (!reading.isAdmitted) {
      this.#featureReason = 'PEER_UNAVAILABLE';
      this.#onFeatures();
      return;
    }
    this.#isReadProbe = reading.isProbe;
    this.#isReading = true;
    const call = { trace, deadline: modelDeadline };
    const { features } = this.#parts;
    features.read(featureQueryFor(this.#lead, query, call), this);
    if (this.#fallbackRows === undefined) return;
    features.read(featureQueryFor(this.#fallbackRows, query, call), {
      onAnswer: (answer) => {
        this.#fallbackFeatures = answer;
      },
      // The defaults stand in for them.
      onFailure: () => undefined,
    });
  }

  onAnswer(answer: FeatureAnswer): void {
    if (this.#stage !== 'features') {
      this.#parts.counts.lateFeatures += 1;
      return;
    }
    this.#recordRead('success');
    this.#features = answer;
    this.#onFeatures();
  }

  onFailure(error: MeshError): void {
    if (this.#stage !== 'features') return;
    // A service that refuses at once costs nobody any time: only one that hangs is left alone.
    this.#recordRead(error.reason === 'DEADLINE_PASSED' ? 'failure' : 'success');
    this.#parts.counts.featureFailures += 1;
    this.#features = undefined;
    this.#featureReason = error.reason;
    if (error.reason === 'DEADLINE_PASSED') this.#leaveModel('DEADLINE_PASSED');
    else this.#onFeatures();
  }

  /** The control cohort that the rules serve gets its features too: what they are compared with has them. */
  #onFeatures(): void {
    if (this.start.assignment.version === undefined) this.#answerAsControl();
    else this.#askModel();
  }

  #answerAsControl(): void {
    this.#featuresDoneAt = this.#parts.clock.monotonic();
    this.#modelDoneAt = this.#featuresDoneAt;
    this.#stage = 'fallback';
    this.#answerByRules();
  }

  #askModel(): void {
    const { contract, query, trace, modelDeadline, rows } = this.start;
    const version = this.start.assignment.version ?? 0;
    this.#featuresDoneAt = this.#parts.clock.monotonic();
    this.#row = rowFor(this.#lead, query, this.#features);
    if (version === 0) {
      this.#leaveModel('ALIAS_UNKNOWN');
      return;
    }
    if (rows.model.kind === 'refused' || this.#featureReason === 'FEATURE_SET_UNKNOWN') {
      this.#leaveModel(rows.model.kind === 'refused' ? rows.model.reason : 'FEATURE_SET_UNKNOWN');
      return;
    }
    if (
      this.#features === undefined
        ? contract.policy.missingShareMax < 1
        : isTooSparse(contract.policy, this.#features.statuses)
    ) {
      this.#leaveModel(
        this.#featureReason ?? 'FEATURES_MISSING',
        contract.policy.onMissingFeatures,
      );
      return;
    }
    this.#stage = 'model';
    const admission = this.#parts.breakerOf(contract.model, version).admit(this.#featuresDoneAt);
    if (!admission.isAdmitted) {
      this.#leaveModel('PEER_UNAVAILABLE');
      return;
    }
    this.#isProbe = admission.isProbe;
    this.#isAsked = true;
    this.#parts.models.run(
      {
        model: contract.model,
        version,
        featureSetHash: this.#lead.contract.featureSetHash,
        row: this.#row,
        trace,
        deadline: modelDeadline,
      },
      new ModelReceiver(this),
    );
  }

  /** The model has answered. */
  onModel(answer: ModelAnswer): void {
    if (this.#stage !== 'model') {
      this.#parts.counts.lateModels += 1;
      return;
    }
    this.#record('success');
    this.#finish('MODEL', this.start.assignment.version ?? 0, answer.outputs, '');
  }

  /** The model gives no answer. */
  onModelFailure(error: MeshError): void {
    if (this.#stage === 'model') this.#leaveModel(error.reason);
  }

  #leaveModel(reason: Reason, next?: 'fallback' | 'rules'): void {
    if (this.#stage !== 'features' && this.#stage !== 'model') return;
    const { contract, assignment } = this.start;
    if (this.#stage === 'features') {
      this.#recordRead('failure');
      if (assignment.version === undefined) {
        this.#answerAsControl();
        return;
      }
      this.#featuresDoneAt = this.#parts.clock.monotonic();
    }
    this.#modelDoneAt = this.#parts.clock.monotonic();
    if (this.#isAsked) this.#recordFailure(reason);
    this.#stage = 'fallback';
    this.#parts.timers.cancel(this.#timer);
    this.#skipped.push({ tier: 'MODEL', version: assignment.version ?? 0, reason });
    const fallback = this.#parts.fallbackOf(contract.model);
    if ((next ?? tierAfterModel(contract.policy, reason)) === 'rules') {
      this.#answerByRules();
      return;
    }
    if (fallback === undefined) {
      this.#leaveFallback('MODEL_NOT_READY');
      return;
    }
    const { fallback: rows } = this.start.rows;
    if (rows.kind === 'refused') {
      this.#leaveFallback(rows.reason);
      return;
    }
    // The fallback may take twice its reserve, and never so long that the rules would come too late.
    const patienceMs = Math.min(
      2 * (fallback.p99Ms + contract.policy.reserveMarginMs),
      Math.max(0, this.start.deadline - this.#modelDoneAt - rulesMs),
    );
    this.#timer = this.#parts.timers.after(patienceMs, () =>
      this.#leaveFallback('DEADLINE_PASSED'),
    );
    fallback.infer(this.#fallbackRow()).then(
      (outputs) => {
        if (this.#stage === 'fallback') this.#finish('FALLBACK', fallback.version, outputs, '');
      },
      (error: unknown) =>
        this.#leaveFallback(error instanceof MeshError ? error.reason : 'INFERENCE_FAILED'),
    );
  }

  #recordRead(verdict: Verdict): void {
    if (!this.#isReading) return;
    this.#isReading = false;
    const { featureBreaker, clock } = this.#parts;
    if (verdict === 'failure' && !this.#hadTime()) featureBreaker.release(this.#isReadProbe);
    else featureBreaker.record(clock.monotonic(), verdict, this.#isReadProbe);
  }

  /** Whether the tier had a fair part of its budget: a caller in a hurry says nothing about who was asked. */
  #hadTime(): boolean {
    const { contract, modelDeadline, admittedAt } = this.start;
    return hadTime(modelDeadline - admittedAt, contract.policy.modelBudgetMs);
  }

  #recordFailure(reason: Reason): void {
    if (!isForTime(reason) || this.#hadTime()) {
      this.#record('failure');
      return;
    }
    const { contract, assignment } = this.start;
    this.#parts.breakerOf(contract.model, assignment.version ?? 0).release(this.#isProbe);
  }

  #fallbackRow(): Float32Array {
    const { query } = this.start;
    this.#row ??= rowFor(this.#lead, query, this.#features);
    return this.#fallbackRows === undefined
      ? this.#row
      : rowFor(this.#fallbackRows, query, this.#fallbackFeatures);
  }

  /** Tells the breaker of the version how its call went, so that a version that hangs is not waited for by everybody. */
  #record(verdict: Verdict): void {
    const { contract, assignment } = this.start;
    const breaker = this.#parts.breakerOf(contract.model, assignment.version ?? 0);
    breaker.record(this.#parts.clock.monotonic(), verdict, this.#isProbe);
  }

  #leaveFallback(reason: Reason): void {
    if (this.#stage !== 'fallback') return;
    this.#skipped.push({ tier: 'FALLBACK', version: this.start.routing.fallbackVersion, reason });
    const { model, policy } = this.start.contract;
    if (policy.onFallbackError === 'error') this.#fail(noAnswer(model, reason));
    else this.#answerByRules();
  }

  #answerByRules(): void {
    let answer: RulesAnswer;
    const { clock } = this.#parts;
    const begunAt = clock.monotonic();
    try {
      answer = checkedAnswer(this.#rulesAnswer());
      // They are synchronous, so nothing can end them: whoever wrote them is told.
      if (clock.monotonic() - begunAt > rulesMs) this.#parts.counts.rulesLate += 1;
    } catch (cause) {
      this.#parts.counts.rulesFailed += 1;
      this.#fail(rulesFailed(this.start.contract.model, cause));
      return;
    }
    this.#finish('RULES', 0, answer.outputs, answer.because);
  }

  #fail(error: MeshError): void {
    this.#parts.timers.cancel(this.#timer);
    this.#stage = 'done';
    this.#listener.onFailed(error, this);
  }

  #rulesAnswer(): RulesAnswer {
    const { contract, query } = this.start;
    const features: Record<string, number> = {};
    this.#lead.contract.viewColumns.forEach((name, index) => {
      if (this.#features?.statuses[index] === 0) features[name] = this.#features.values[index] ?? 0;
    });
    contract.requestColumns.forEach((name, index) => {
      features[name] = query.requestValues[index] ?? 0;
    });
    const entities = Object.fromEntries(
      contract.joinKeys.map((name, index) => [name, query.keys[index] ?? '']),
    );
    return contract.rules({ entities, request: query.request, features, atMs: query.atMs });
  }

  #finish(
    tier: TierName,
    version: number,
    outputs: readonly number[] | Float32Array,
    because: string,
  ): void {
    this.#parts.timers.cancel(this.#timer);
    const now = this.#parts.clock.monotonic();
    const { startedAt, admittedAt, modelDeadline } = this.start;
    const modelDoneAt = tier === 'MODEL' ? now : this.#modelDoneAt;
    this.#stage = 'done';
    this.#listener.onDone(
      {
        predictionId: this.start.predictionId,
        outputs,
        tier,
        version,
        role: this.start.assignment.role,
        skipped: this.#skipped,
        ...this.#answered(tier),
        routing: this.start.routing,
        because,
        admissionMs: admittedAt - startedAt,
        budgetMs: modelDeadline - startedAt,
        featuresMs: this.#featuresDoneAt - admittedAt,
        modelMs: modelDoneAt - this.#featuresDoneAt,
        fallbackMs: tier === 'MODEL' ? 0 : now - modelDoneAt,
        totalMs: now - startedAt,
      },
      this,
    );
  }

  /** Features of the set of the version that answered. */
  #answered(tier: TierName): Pick<PredictionResult, 'features' | 'rows'> {
    return tier === 'FALLBACK' && this.#fallbackRows !== undefined
      ? { features: this.#fallbackFeatures, rows: this.#fallbackRows }
      : { features: this.#features, rows: this.#lead };
  }
}
