import type { CallContext } from '../../shared/kernel/call-context.ts';
import type { Random } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { formatPredictionId } from '../../shared/kernel/prediction-id.ts';
import type { TraceContext } from '../../shared/kernel/trace-context.ts';
import { type DurationMs, durationMs, monotonicMs } from '../../shared/kernel/units.ts';
import type { Admission, Place } from '../../shared/policy/admission.ts';
import { after, earlier, remaining, stageBudget } from '../../shared/policy/deadline.ts';
import { type Assignment, assign } from '../core/cohort.ts';
import type { ModelContract } from '../core/model-contract.ts';
import { type PredictQuery, parseRequest, type WireRequest } from '../core/parse-request.ts';
import type { ModelRouting, RoutingTable } from '../core/routing-table.ts';
import { noShadows, shadowsOf } from '../core/shadow-choice.ts';
import type { VersionSets } from '../core/version-sets.ts';
import type { PredictionLog } from '../ports.ts';
import { AskedRequest, type RequestOwner } from './asked-request.ts';
import { type Drill, drillParts, isRecorded } from './drill.ts';
import { overloaded, type PaceJudge, roomForShadows, waitedInVain } from './overload.ts';
import { defaultedColumns, type PredictionResult } from './prediction-result.ts';
import { PredictionRun, type RunStart } from './prediction-run.ts';
import type { RouterParts } from './router-parts.ts';
import { isSameSet, keysFor, requestValuesFor, rowFor } from './run-rows.ts';
import type { RowSource, ShadowFanOut } from './shadow-fan-out.ts';

/** Makes the spans of a request: the head of a trace here, or a child of the caller's. */
export interface RequestTracing {
  /** Gives the context under which a request's calls hang: its span id is that of the router's own span. */
  begin(parent: TraceContext | undefined): TraceContext;
  /** Exports the router's spans when the trace is sampled, or the answer is an error, degraded or slow. */
  end(ended: EndedRequest): void;
}

/** A request that is over. */
export interface EndedRequest {
  readonly parent: TraceContext | undefined;
  readonly context: TraceContext;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly model: string;
  readonly result: TracedResult | undefined;
  readonly error: MeshError | undefined;
}

/** What a trace says of an answer. */
export type TracedResult = Pick<
  PredictionResult,
  'predictionId' | 'tier' | 'version' | 'role' | 'skipped' | 'featuresMs' | 'modelMs' | 'fallbackMs'
>;

/** What a {@link Router} is made of. */
export interface RouterOptions extends RouterParts {
  /** 16 hexadecimal digits: the first half of the ids that this router gives out. */
  readonly instance: string;
  readonly contracts: ReadonlyMap<string, ModelContract>;
  readonly routing: RoutingTable;
  /** How rows are made for each version. */
  readonly sets: VersionSets;
  readonly shadows: ShadowFanOut;
  readonly log: PredictionLog;
  readonly tracing: RequestTracing;
  readonly random: Random;
  /** Told of each answer that failed with the rules: `error.cause` is what the author's code threw. */
  readonly onRulesFailed: (model: string, error: MeshError) => void;
  /** Whether requests may name their time. */
  readonly isVirtualClock: boolean;
  /** Lets requests of callers in; drills are always let in. */
  readonly admission: Admission;
  /** Tells which requests took too long. */
  readonly pace: PaceJudge;
}

/** One answered request: the result and the trace that it belongs to. */
export interface Answered {
  readonly result: PredictionResult;
  readonly traceId: string;
  readonly atMs: number;
  readonly defaulted: readonly string[];
  readonly featureSetHash: string;
}

type Asked = AskedRequest<Answered>;

/** A model of the mesh and who serves it now. */
export interface ServedModel {
  readonly contract: ModelContract;
  readonly routing: ModelRouting;
  /** What is kept for the fallback, in ms. */
  readonly reserveMs: number;
}

/** Answers predictions: parse, route, run through the tiers, answer, then log and shadow. */
export class Router {
  readonly #options: RouterOptions;
  readonly #owner: RequestOwner<Answered> = {
    onAdmitted: (asked, place) => this.#runAdmitted(asked, place),
    onRefused: (asked, retryAfterMs) => this.#refuse(asked, retryAfterMs),
    onDone: (asked, result, run) => this.#done(asked, result, run),
    onFailed: (asked, error) => this.#failed(asked, error),
  };
  #sequence = 0;

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  /**
   * Gives one prediction.
   * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN; INVALID_ARGUMENT as {@link parseRequest} says; RESOURCE_EXHAUSTED / OVERLOADED;
   *   INTERNAL / RULES_FAILED; UNAVAILABLE with the reason of the fallback where the policy does not let the rules answer
   */
  predict(model: string, wire: WireRequest, call: CallContext): Promise<Answered> {
    return this.#answer(model, wire, call, undefined);
  }

  /** Gives one prediction at any time, under a drill. @throws {MeshError} as {@link predict} */
  drill(model: string, wire: WireRequest, call: CallContext, drill: Drill): Promise<Answered> {
    return this.#answer(model, wire, call, drill);
  }

  #answer(
    model: string,
    wire: WireRequest,
    call: CallContext,
    drill: Drill | undefined,
  ): Promise<Answered> {
    const { clock, contracts, tracing, admission } = this.#options;
    const startedAt = clock.monotonic();
    const contract = contracts.get(model);
    if (contract === undefined) throw modelUnknown(model, contracts);
    const context = tracing.begin(call.trace);
    const parsed = this.#parse(contract, wire, drill !== undefined);
    if (parsed instanceof MeshError) {
      const endedAt = clock.monotonic();
      const { trace: parent } = call;
      tracing.end({ parent, context, startedAt, endedAt, model, result: undefined, error: parsed });
      throw parsed;
    }
    const request = { contract, query: parsed, startedAt, call, context };
    return new Promise((resolve, reject) => {
      const asked = new AskedRequest(this.#owner, request, { resolve, reject }, drill);
      if (drill === undefined) admission.enter(asked, parsed.priority);
      else this.#run(asked);
    });
  }

  #refuse({ request, waiting }: Asked, retryAfterMs: DurationMs): void {
    const { clock, counts, tracing } = this.#options;
    const { startedAt, call, context } = request;
    const { model } = request.contract;
    counts.refused += 1;
    const error = overloaded(retryAfterMs, model);
    waiting.reject(error);
    // A span of each refusal would be more of what there is too much of: they are counted.
    if (!context.isSampled) return;
    const { trace: parent } = call;
    const endedAt = clock.monotonic();
    tracing.end({ parent, context, startedAt, endedAt, model, result: undefined, error });
  }

  #startOf({ request, drill }: Asked): RunStart {
    const { contract, query, startedAt, call, context } = request;
    const { clock, routing, sets } = this.#options;
    const deadline = earlier(call.deadline, after(startedAt, query.timeoutMs));
    const budget = stageBudget(remaining(deadline, startedAt), {
      budgetMax: contract.policy.modelBudgetMs,
      reserve: this.reserveOf(contract),
    });
    const route = routing.get(contract.model);
    const assignment: Assignment =
      drill?.version === undefined
        ? assign(contract.policy.cohorts, route, query.keys)
        : { role: 'PRODUCTION', version: drill.version };
    return {
      predictionId: this.nextPredictionId(),
      contract,
      rows: {
        model: sets.rowsOf(contract, assignment.version ?? 0),
        fallback: sets.rowsOf(contract, route.fallbackVersion),
      },
      routing: route,
      assignment,
      query,
      startedAt,
      admittedAt: clock.monotonic(),
      modelDeadline: after(startedAt, budget),
      deadline,
      trace: context.isSampled ? context : undefined,
    };
  }

  /** A place is given back whatever goes wrong: one that is lost would be missed for ever. */
  #runAdmitted(asked: Asked, place: Place): void {
    const now = this.#options.clock.monotonic();
    const { call, startedAt, contract } = asked.request;
    const hasWaited = now > startedAt + 1;
    if (hasWaited && (call.deadline <= now || call.signal.aborted)) {
      place.leave(now, 'late');
      asked.waiting.reject(waitedInVain(contract.model));
      return;
    }
    try {
      this.#run(asked);
    } catch (error) {
      place.leave(this.#options.clock.monotonic(), 'calm');
      asked.waiting.reject(error);
    }
  }

  #run(asked: Asked): void {
    const { drill } = asked;
    const parts = drill === undefined ? this.#options : drillParts(this.#options, drill);
    new PredictionRun(parts, this.#startOf(asked), asked).begin();
  }

  #done(asked: Asked, result: PredictionResult, run: PredictionRun): void {
    const { contract, query, startedAt, call, context } = asked.request;
    asked.waiting.resolve({
      result,
      traceId: context.traceId,
      atMs: query.atMs,
      defaulted: defaultedColumns(result),
      featureSetHash: result.rows.contract.featureSetHash,
    });
    const endedAt = monotonicMs(startedAt + result.totalMs);
    const { totalMs, skipped, budgetMs } = result;
    const answered = { endedAt, totalMs, skippedReason: skipped[0]?.reason, budgetMs };
    asked.place?.leave(endedAt, this.#options.pace.paceOf(contract, answered));
    const { model } = contract;
    const { trace: parent } = call;
    const ended = { parent, context, startedAt, endedAt, model, result, error: undefined };
    this.#options.tracing.end(ended);
    const { drill } = asked;
    if (drill === undefined || isRecorded(drill)) this.#afterAnswer(run, result, context);
  }

  #failed({ request, waiting, place }: Asked, error: MeshError): void {
    const { clock, tracing, onRulesFailed } = this.#options;
    const { startedAt, call, context } = request;
    const { model } = request.contract;
    waiting.reject(error);
    const endedAt = clock.monotonic();
    place?.leave(endedAt, 'calm');
    const { trace: parent } = call;
    tracing.end({ parent, context, startedAt, endedAt, model, result: undefined, error });
    if (error.reason === 'RULES_FAILED') onRulesFailed(model, error);
  }

  /** Gives the id of another prediction of this router. */
  nextPredictionId(): string {
    return formatPredictionId({ instance: this.#options.instance, sequence: this.#sequence++ });
  }

  get instance(): string {
    return this.#options.instance;
  }

  /** Gives who serves a model now, or each model when `model` is empty; nothing for an unknown one. */
  routings(model: string): readonly ServedModel[] {
    return [...this.#options.contracts.values()]
      .filter((contract) => model === '' || contract.model === model)
      .map((contract) => ({
        contract,
        routing: this.#options.routing.get(contract.model),
        reserveMs: this.reserveOf(contract),
      }));
  }

  /** Gives the time that is kept for the fallback of a model. */
  reserveOf(contract: ModelContract): ReturnType<typeof durationMs> {
    const fallback = this.#options.fallbackOf(contract.model);
    return durationMs((fallback?.p99Ms ?? 0) + contract.policy.reserveMarginMs);
  }

  #parse(contract: ModelContract, wire: WireRequest, isDrill: boolean): PredictQuery | MeshError {
    const { clock, isVirtualClock } = this.#options;
    try {
      return parseRequest(contract, wire, clock.epoch(), isVirtualClock || isDrill);
    } catch (error) {
      if (error instanceof MeshError) return error;
      throw error;
    }
  }

  #afterAnswer(run: PredictionRun, result: PredictionResult, context: TraceContext): void {
    const { contract, query } = run.start;
    const { row } = run;
    const { rows } = result;
    const { routing } = result;
    const point = this.#options.random.next();
    const shadows =
      row === undefined
        ? noShadows
        : roomForShadows(
            this.#options,
            shadowsOf(contract.policy, routing, run.start.assignment, point),
          );
    this.#options.log.prediction({
      predictionId: result.predictionId,
      model: contract.model,
      tier: result.tier,
      version: result.version,
      role: result.role,
      score: result.outputs[0] ?? Number.NaN,
      keys: keysFor(rows, query),
      featureSetHash: rows.contract.featureSetHash,
      atMs: query.atMs,
      features: result.features,
      requestValues: requestValuesFor(rows, query),
      latencyMs: result.totalMs,
      skippedReason: result.skipped[0]?.reason ?? '',
      traceId: context.traceId,
      shadowVersions: shadows.versions,
      assignedVersion: run.start.assignment.version ?? 0,
      modelMs: result.modelMs,
      modelBudgetMs: Math.max(0, result.budgetMs - result.admissionMs - result.featuresMs),
    });
    if (row === undefined || shadows.versions.length === 0) return;
    const answered = context.isSampled ? context : undefined;
    for (const version of shadows.versions) {
      const isReverse = version === shadows.reverseVersion;
      this.#offerShadow(run, { version, isReverse, row, answered });
    }
  }

  /** A shadow that was trained on another feature set gets a row of its own, of the same time. */
  #offerShadow(
    run: PredictionRun,
    shadow: {
      readonly version: number;
      readonly isReverse: boolean;
      readonly row: Float32Array;
      readonly answered: TraceContext | undefined;
    },
  ): void {
    const { contract, query, predictionId } = run.start;
    const { sets, shadows, log } = this.#options;
    const { version, isReverse, row, answered } = shadow;
    const found = sets.rowsOf(contract, version);
    if (found.kind === 'refused') {
      const result = { failedReason: found.reason };
      log.shadow({ predictionId, version, result, latencyMs: 0 });
      return;
    }
    const { rows } = found;
    const { featureSetHash } = rows.contract;
    const own: RowSource = {
      query: { featureSetHash, keys: keysFor(rows, query), atMs: query.atMs },
      rowOf: (features) => rowFor(rows, query, features),
    };
    shadows.offer({
      predictionId,
      version,
      isReverse,
      query: {
        model: contract.model,
        featureSetHash,
        row: isSameSet(rows, run.rows) ? row : own,
      },
      answered,
    });
  }
}

function modelUnknown(model: string, contracts: ReadonlyMap<string, ModelContract>): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'MODEL_UNKNOWN',
    message: `no model is called '${model.slice(0, 64)}'; this mesh has ${[...contracts.keys()].join(', ')}`,
  });
}
