import type { Random } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Reason } from '../../shared/kernel/reason.ts';
import type { TraceContext } from '../../shared/kernel/trace-context.ts';
import { durationMs, type MonotonicMs } from '../../shared/kernel/units.ts';
import type { Admission, Place } from '../../shared/policy/admission.ts';
import { after, remaining, stageBudget } from '../../shared/policy/deadline.ts';
import { type Assignment, assign } from '../core/cohort.ts';
import type { ModelContract } from '../core/model-contract.ts';
import type { ModelRouting, RoutingTable } from '../core/routing-table.ts';
import { noShadows, type ShadowChoice, shadowsOf } from '../core/shadow-choice.ts';
import { tierAfterModel } from '../core/tier-policy.ts';
import type { VersionSets } from '../core/version-sets.ts';
import type { FallbackModel, PredictionLog } from '../ports.ts';
import { overloaded, type PaceJudge, roomForShadows } from './overload.ts';
import type { RequestTracing } from './router.ts';
import type { RouterParts } from './router-parts.ts';
import type { ShadowFanOut } from './shadow-fan-out.ts';

/** What answers of given rows need. */
export interface GivenRowsParts
  extends Pick<RouterParts, 'clock' | 'timers' | 'fallbackOf' | 'breakerOf' | 'counts'> {
  readonly admission: Admission;
  readonly pace: PaceJudge;
  readonly routing: RoutingTable;
  readonly sets: VersionSets;
  readonly shadows: Pick<ShadowFanOut, 'offer'>;
  readonly log: PredictionLog;
  readonly random: Random;
  /** Gives the next id of a prediction. */
  readonly nextId: () => string;
  readonly tracing: RequestTracing;
}

/** Rows of a model of the mesh that its caller has made. */
export interface GivenRequest {
  readonly contract: ModelContract;
  /** Each [features], in the order of the signature. */
  readonly rows: readonly Float32Array[];
  /** Entity keys in the order of the contract's join keys; undefined where the caller names no entity. */
  readonly keys: readonly string[] | undefined;
  readonly deadline: MonotonicMs;
  readonly trace: TraceContext | undefined;
}

/** Asks a version for the scores of all rows, in order; `trace` is what its spans hang under, undefined where nobody looks. */
export type AskModel = (
  version: number,
  deadline: MonotonicMs,
  trace: TraceContext | undefined,
) => Promise<readonly number[]>;

/** Who answered, and how. */
export interface GivenAnswer {
  readonly tier: 'MODEL' | 'FALLBACK';
  readonly version: number;
  readonly role: Assignment['role'];
  /** Id of the first row; the others follow it. */
  readonly predictionId: string;
  /** Why the model did not answer; undefined when it did. */
  readonly skipped: Reason | undefined;
  /** What the fallback gave for each row, and the name of its output; undefined when the model answered. */
  readonly fallback: FallbackRows | undefined;
}

/** What the fallback model gave. */
export interface FallbackRows {
  readonly outputName: string;
  /** [outputs] for each row. */
  readonly outputs: readonly Float32Array[];
}

/** One request on its way. */
interface GivenRun {
  readonly request: GivenRequest;
  readonly route: ModelRouting;
  readonly assignment: Assignment & { readonly version: number };
  readonly ids: readonly string[];
  readonly startedAt: MonotonicMs;
  readonly context: TraceContext;
  /** How long the model took, admission included; 0 while it is asked. */
  modelMs: number;
}

/** When a request came, and the trace that it belongs to. */
type GivenStart = Pick<GivenRun, 'startedAt' | 'context'>;

/** What a request came to, for its trace. */
interface Outcome {
  run: GivenRun | undefined;
  answer: GivenAnswer | undefined;
  error: MeshError | undefined;
}

/**
 * Answers rows that a caller has made itself, through the tiers that need no entity: the model, then the fallback model. They are told to the
 * monitor and shown to the shadows like every other prediction, without a stamp, since no feature service has made them.
 */
export class GivenRows {
  readonly #parts: GivenRowsParts;

  constructor(parts: GivenRowsParts) {
    this.#parts = parts;
  }

  /**
   * Gives the answer to one request.
   * @throws {MeshError} what `ask` throws where the request is at fault, where the policy leads to the rules, which judge entities, and where
   *   the fallback does not answer either; RESOURCE_EXHAUSTED / OVERLOADED.
   */
  async answer(request: GivenRequest, ask: AskModel): Promise<GivenAnswer> {
    const { clock, tracing } = this.#parts;
    const startedAt = clock.monotonic();
    const context = tracing.begin(request.trace);
    const place = await this.#admitted(request, { startedAt, context });
    const outcome: Outcome = { run: undefined, answer: undefined, error: undefined };
    try {
      outcome.run = this.#begin(request, { startedAt, context });
      outcome.answer = await this.#answer(outcome.run, ask);
      return outcome.answer;
    } catch (thrown) {
      if (thrown instanceof MeshError) outcome.error = thrown;
      throw thrown;
    } finally {
      const endedAt = clock.monotonic();
      const budgetMs = remaining(request.deadline, startedAt);
      const skippedReason = outcome.answer?.skipped;
      const answered = { endedAt, totalMs: endedAt - startedAt, skippedReason, budgetMs };
      place.leave(endedAt, this.#parts.pace.paceOf(request.contract, answered));
      this.#trace(request, { startedAt, context, endedAt, outcome });
    }
  }

  #trace(
    { contract, trace: parent }: GivenRequest,
    ended: GivenStart & { readonly endedAt: MonotonicMs; readonly outcome: Outcome },
  ): void {
    const { startedAt, endedAt, context, outcome } = ended;
    const { answer, run, error } = outcome;
    const modelMs = run?.modelMs ?? 0;
    const result = answer && {
      predictionId: answer.predictionId,
      tier: answer.tier,
      version: answer.version,
      role: answer.role,
      skipped:
        answer.skipped === undefined
          ? []
          : [
              {
                tier: 'MODEL' as const,
                version: run?.assignment.version ?? 0,
                reason: answer.skipped,
              },
            ],
      featuresMs: 0,
      modelMs,
      fallbackMs: answer.tier === 'MODEL' ? 0 : endedAt - startedAt - modelMs,
    };
    const { model } = contract;
    this.#parts.tracing.end({ parent, context, startedAt, endedAt, model, result, error });
  }

  #admitted(request: GivenRequest, start: GivenStart): Promise<Place> {
    const { admission, counts, clock } = this.#parts;
    const { model } = request.contract;
    return new Promise((resolve, reject) => {
      admission.enter(
        {
          onAdmitted: resolve,
          onRefused: (retryAfterMs) => {
            counts.refused += 1;
            const error = overloaded(retryAfterMs, model);
            reject(error);
            // A span of each refusal would be more of what there is too much of: they are counted.
            if (!start.context.isSampled) return;
            const outcome = { run: undefined, answer: undefined, error };
            this.#trace(request, { ...start, endedAt: clock.monotonic(), outcome });
          },
        },
        'normal',
      );
    });
  }

  async #answer(run: GivenRun, ask: AskModel): Promise<GivenAnswer> {
    const { version, role } = run.assignment;
    const answered = { role, predictionId: run.ids[0] ?? '' };
    try {
      const scores = await this.#askModel(run, ask);
      this.#record(run, { tier: 'MODEL', version, scores, skipped: undefined });
      return { tier: 'MODEL', version, skipped: undefined, fallback: undefined, ...answered };
    } catch (thrown) {
      if (!(thrown instanceof MeshError) || isCallersFault(thrown)) throw thrown;
      const skipped = thrown.reason;
      const { fallback, outputName } = this.#fallbackFor(run, thrown);
      const outputs = await this.#askFallback(run, fallback, thrown);
      const scores = outputs.map((row) => row[0] ?? Number.NaN);
      const by = fallback.version;
      this.#record(run, { tier: 'FALLBACK', version: by, scores, skipped });
      return {
        ...answered,
        tier: 'FALLBACK',
        version: by,
        skipped,
        fallback: { outputName, outputs },
      };
    }
  }

  #begin(request: GivenRequest, start: GivenStart): GivenRun {
    const { contract, keys, rows } = request;
    const { routing, nextId } = this.#parts;
    const route = routing.get(contract.model);
    const assigned: Assignment =
      keys === undefined
        ? { role: 'PRODUCTION', version: route.productionVersion }
        : assign(contract.policy.cohorts, route, keys);
    // The rules judge entities and request features, which a row does not name.
    const assignment =
      assigned.version === undefined
        ? ({ role: 'PRODUCTION', version: route.productionVersion } as const)
        : { role: assigned.role, version: assigned.version };
    return { request, route, assignment, ids: rows.map(nextId), ...start, modelMs: 0 };
  }

  async #askModel(run: GivenRun, ask: AskModel): Promise<readonly number[]> {
    const { clock, breakerOf } = this.#parts;
    const { startedAt, request, assignment } = run;
    const { model, policy } = request.contract;
    const { version } = assignment;
    if (version === 0) throw noModel(model, 'ALIAS_UNKNOWN');
    const fallback = this.#parts.fallbackOf(model);
    const budget = stageBudget(remaining(request.deadline, startedAt), {
      budgetMax: policy.modelBudgetMs,
      reserve: durationMs((fallback?.p99Ms ?? 0) + policy.reserveMarginMs),
    });
    if (budget === 0) throw noModel(model, 'DEADLINE_PASSED');
    const breaker = breakerOf(model, version);
    const admission = breaker.admit(startedAt);
    if (!admission.isAdmitted) throw noModel(model, 'PEER_UNAVAILABLE');
    try {
      const trace = run.context.isSampled ? run.context : undefined;
      const scores = await ask(version, after(startedAt, budget), trace);
      breaker.record(clock.monotonic(), 'success', admission.isProbe);
      return scores;
    } catch (error) {
      // Nobody waited for the answer: that says nothing of who was asked.
      if (error instanceof MeshError && error.code === 'CANCELLED') {
        breaker.release(admission.isProbe);
        throw error;
      }
      const isFault = error instanceof MeshError && isCallersFault(error);
      breaker.record(clock.monotonic(), isFault ? 'success' : 'failure', admission.isProbe);
      throw error;
    } finally {
      run.modelMs = clock.monotonic() - startedAt;
    }
  }

  /** The fallback has to take the same rows. */
  #fallbackFor(
    { request, assignment, route }: GivenRun,
    error: MeshError,
  ): { readonly fallback: FallbackModel; readonly outputName: string } {
    const { contract } = request;
    const fallback = this.#parts.fallbackOf(contract.model);
    const outputName = fallback?.outputName;
    if (
      fallback === undefined ||
      outputName === undefined ||
      tierAfterModel(contract.policy, error.reason) === 'rules' ||
      !this.#isSameSet(contract, assignment.version, route.fallbackVersion)
    ) {
      throw error;
    }
    return { fallback, outputName };
  }

  /** Gives what the fallback gave in time; else the reason why the model was left stands. */
  #askFallback(
    { request }: GivenRun,
    fallback: FallbackModel,
    error: MeshError,
  ): Promise<readonly Float32Array[]> {
    const { clock, timers } = this.#parts;
    const leftMs = remaining(request.deadline, clock.monotonic());
    return new Promise((resolve, reject) => {
      const timer = timers.after(leftMs, () => reject(error));
      Promise.all(request.rows.map((row) => fallback.infer(row))).then(
        (outputs) => {
          timers.cancel(timer);
          resolve(outputs);
        },
        () => {
          timers.cancel(timer);
          reject(error);
        },
      );
    });
  }

  #record(
    run: GivenRun,
    answer: {
      readonly tier: 'MODEL' | 'FALLBACK';
      readonly version: number;
      readonly scores: readonly number[];
      readonly skipped: Reason | undefined;
    },
  ): void {
    const { clock, log, sets } = this.#parts;
    const { request, assignment, ids, startedAt, context } = run;
    const { contract, rows } = request;
    const { model } = contract;
    const found = sets.rowsOf(contract, assignment.version);
    const set = found.kind === 'rows' ? found.rows.contract : contract;
    const shared = {
      model,
      tier: answer.tier,
      version: answer.version,
      role: assignment.role,
      keys: request.keys ?? contract.joinKeys.map(() => ''),
      featureSetHash: set.featureSetHash,
      atMs: clock.epoch(),
      features: undefined,
      requestValues: new Float64Array(),
      latencyMs: clock.monotonic() - startedAt,
      skippedReason: answer.skipped ?? '',
      traceId: context.traceId,
      assignedVersion: assignment.version,
      // Of all rows of a request together, which no shadow's call of one row compares with.
      modelMs: 0,
      modelBudgetMs: 0,
    };
    for (const [at, predictionId] of ids.entries()) {
      const row = rows[at];
      const shadows =
        row === undefined ? noShadows : roomForShadows(this.#parts, this.#shadowsOf(run));
      const score = answer.scores[at] ?? Number.NaN;
      log.prediction({ predictionId, score, shadowVersions: shadows.versions, ...shared });
      if (row === undefined) continue;
      for (const version of shadows.versions) {
        this.#parts.shadows.offer({
          predictionId,
          version,
          isReverse: version === shadows.reverseVersion,
          query: { model, featureSetHash: set.featureSetHash, row },
          answered: context.isSampled ? context : undefined,
        });
      }
    }
  }

  /** A shadow of another feature set sees none of this: its row can't be made out of that one. */
  #shadowsOf({ request: { contract }, route, assignment }: GivenRun): ShadowChoice {
    const chosen = shadowsOf(contract.policy, route, assignment, this.#parts.random.next());
    const versions = chosen.versions.filter((shadow) =>
      this.#isSameSet(contract, assignment.version, shadow),
    );
    return { ...chosen, versions };
  }

  #isSameSet(contract: ModelContract, left: number, right: number): boolean {
    const [one, other] = [left, right].map((version) => this.#parts.sets.rowsOf(contract, version));
    return (
      one?.kind === 'rows' &&
      other?.kind === 'rows' &&
      one.rows.contract.featureSetHash === other.rows.contract.featureSetHash
    );
  }
}

/** Whether another tier would be no help: the request is wrong, or nobody waits. */
function isCallersFault({ code }: MeshError): boolean {
  return code === 'INVALID_ARGUMENT' || code === 'NOT_FOUND' || code === 'CANCELLED';
}

function noModel(model: string, reason: Reason): MeshError {
  return new MeshError({
    code: reason === 'DEADLINE_PASSED' ? 'DEADLINE_EXCEEDED' : 'UNAVAILABLE',
    reason,
    message: `model '${model}' was not asked, and no fallback model answered in its place; ask again with more time, or another replica`,
    retry: { kind: 'elsewhere' },
  });
}
