import type { Assignment } from '../../services/router/core/cohort.ts';
import type { ModelContract } from '../../services/router/core/model-contract.ts';
import { nobodyRouted } from '../../services/router/core/routing-table.ts';
import { currentRows, type RowsFound } from '../../services/router/core/version-sets.ts';
import type {
  FallbackModel,
  FeatureAnswer,
  FeatureQuery,
  ModelAnswer,
  ModelQuery,
  Receiver,
} from '../../services/router/ports.ts';
import type { PredictionResult } from '../../services/router/predict/prediction-result.ts';
import { PredictionRun } from '../../services/router/predict/prediction-run.ts';
import { newCounts } from '../../services/router/predict/router-parts.ts';
import { VersionBreakers } from '../../services/router/predict/version-breakers.ts';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import type { Reason } from '../../services/shared/kernel/reason.ts';
import { durationMs, epochMs, monotonicMs } from '../../services/shared/kernel/units.ts';
import { servingPolicy } from './serving-policy.ts';

/** A model of two view columns and one of the request. */
export const contract: ModelContract = {
  model: 'm',
  joinKeys: ['origin'],
  requestInputs: [],
  featureSetHash: 'h',
  viewColumns: ['mean', 'rate'],
  viewDefaults: Float64Array.of(1, 2),
  requestColumns: ['hour'],
  computeRequest: () => Float64Array.of(9),
  assembleRow: (view, request) => Float32Array.of(...view, ...request),
  rules: ({ features }) => ({ outputs: [0.25], because: Object.keys(features).join('+') }),
  policy: servingPolicy,
};

/** Gives the error of a peer that is away, with a reason. */
export const failure = (reason: Reason) =>
  new MeshError({ code: 'UNAVAILABLE', reason, message: 'x' });

/** A run whose peers are played by the test. */
export function stage(
  options: {
    fallback?: FallbackModel;
    production?: number;
    budgetMs?: number;
    breakers?: VersionBreakers;
    /** When the run begins, which is what time it is all along. Default 0. */
    nowMs?: number;
    /** The caller's deadline, in ms from when the run begins. */
    deadlineMs?: number;
    rules?: ModelContract['rules'];
    onFallbackError?: 'rules' | 'error';
    assignment?: Assignment;
    policy?: ModelContract['policy'];
    /** How rows are made for model and fallback; as the contract says by default. */
    rows?: { readonly model?: RowsFound; readonly fallback?: RowsFound };
  } = {},
) {
  const timers: { delayMs: number; action: () => void; isCancelled: boolean }[] = [];
  const reads: Receiver<FeatureAnswer>[] = [];
  const queries: FeatureQuery[] = [];
  const calls: { query: ModelQuery; receiver: Receiver<ModelAnswer> }[] = [];
  const results: PredictionResult[] = [];
  const failures: MeshError[] = [];
  const breakers = options.breakers ?? new VersionBreakers();
  const { nowMs = 0 } = options;
  const counts = newCounts();
  const run = new PredictionRun(
    {
      clock: {
        monotonic: () => monotonicMs(nowMs),
        epoch: () => epochMs(0),
        sleep: () => Promise.resolve(),
      },
      timers: {
        after(delayMs, action) {
          const timer = { delayMs, action, isCancelled: false };
          timers.push(timer);
          return timer;
        },
        cancel(timer) {
          for (const known of timers) if (known === timer) known.isCancelled = true;
        },
      },
      features: {
        read(query, receiver) {
          queries.push(query);
          reads.push(receiver);
        },
      },
      models: { run: (query, receiver) => calls.push({ query, receiver }) },
      fallbackOf: () => options.fallback,
      breakerOf: (model, version) => breakers.of(model, version),
      featureBreaker: breakers.features,
      counts,
    },
    {
      predictionId: 'p',
      contract: {
        ...contract,
        rules: options.rules ?? contract.rules,
        policy: {
          ...(options.policy ?? contract.policy),
          onFallbackError: options.onFallbackError ?? 'rules',
        },
      },
      rows: { model: currentRows(contract), fallback: currentRows(contract), ...options.rows },
      assignment: options.assignment ?? { role: 'PRODUCTION', version: options.production ?? 2 },
      routing: {
        ...nobodyRouted('m'),
        productionVersion: options.production ?? 2,
        productionGeneration: 1,
        fallbackVersion: 1,
      },
      query: {
        keys: ['ORD'],
        request: {},
        requestValues: Float64Array.of(9),
        atMs: epochMs(0),
        timeoutMs: durationMs(1_000),
        priority: 'normal',
      },
      startedAt: monotonicMs(nowMs),
      admittedAt: monotonicMs(nowMs),
      modelDeadline: monotonicMs(nowMs + (options.budgetMs ?? 50)),
      deadline: monotonicMs(nowMs + (options.deadlineMs ?? 1_000)),
      trace: undefined,
    },
    {
      onDone: (result) => results.push(result),
      onFailed: (error) => failures.push(error),
    },
  );
  run.begin();
  const fire = () => {
    for (const timer of timers.splice(0)) if (!timer.isCancelled) timer.action();
  };
  return { run, queries, reads, calls, results, failures, counts, fire, timers };
}

/** A vector in which nothing is missing. */
export const present: FeatureAnswer = {
  values: Float64Array.of(3, 4),
  statuses: new Uint8Array(2),
  logOffset: 7,
};
/** An answer of the model. */
export const answered: ModelAnswer = { outputs: Float32Array.of(0.5), queueMs: 0, computeMs: 0 };
/** A fallback model that answers at once. */
export const fallback: FallbackModel = {
  version: 1,
  outputName: 'probability',
  p99Ms: durationMs(2),
  infer: () => Promise.resolve(Float32Array.of(0.75)),
};
