import type { ModelInferRequest__Output } from '../../gen/inference/ModelInferRequest.ts';
import type {
  ModelInferResponse,
  ModelInferResponse__Output,
} from '../../gen/inference/ModelInferResponse.ts';
import type { ModelStreamInferResponse } from '../../gen/inference/ModelStreamInferResponse.ts';
import type { CallContext } from '../../shared/kernel/call-context.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { type MonotonicMs, monotonicMs } from '../../shared/kernel/units.ts';
import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import { serveInOrder } from '../../shared/platform/grpc/serve-in-order.ts';
import type { CallOptions, Handlers } from '../../shared/platform/grpc/service-types.ts';
import { toMeshError } from '../../shared/platform/grpc/status.ts';
import { streamError } from '../../shared/platform/grpc/stream-infer-error.ts';
import { unservedInference } from '../../shared/platform/grpc/unserved-inference.ts';
import type { ModelContract } from '../core/model-contract.ts';
import type { RoutingTable } from '../core/routing-table.ts';
import type { GivenAnswer, GivenRows } from '../predict/given-rows.ts';
import {
  fallbackResponse,
  givenKeysOf,
  givenRowsOf,
  scoresOf,
  tierParameters,
} from './given-request.ts';

type InferenceClient = ServiceClient<'inference.GRPCInferenceService'>;

/** What the handlers need. */
export interface InferenceParts {
  readonly clock: Clock;
  readonly routing: RoutingTable;
  readonly contracts: ReadonlyMap<string, ModelContract>;
  readonly given: GivenRows;
  readonly peers: {
    readonly prediction: InferenceClient;
    /** One for each replica. */
    readonly everyPrediction: readonly InferenceClient[];
  };
}

interface Serving extends InferenceParts {
  /** Features of a row, by model. */
  readonly columns: ReadonlyMap<string, number>;
}

/** Longest duration of a request that names no shorter one: that of any call, which streams do not have. */
const requestMsMax = 30_000;
// As many as the prediction service runs of one stream.
const streamUnderWayMax = 256;
const microsPerMs = 1_000;

/**
 * Gives the handlers of the open inference protocol: the prediction service answers, and the router says which version does where a request
 * names none, so that a move of `production` waits for its load as it does for predictions.
 */
export function inferenceHandlers(
  parts: InferenceParts,
): Handlers<'inference.GRPCInferenceService'> {
  const { prediction } = parts.peers;
  const serving: Serving = { ...parts, columns: columnsByModel(parts.contracts) };
  const versionOf = (model: string, version: string) => routedVersion(parts, model, version);
  return {
    serverLive: () => ({ live: true }),
    serverReady: async (_, call) => ({ ready: await isReady(prediction, call) }),
    modelReady: ({ name, version }, call) =>
      prediction.modelReady({ name, version: versionOf(name, version) }, optionsOf(call)),
    serverMetadata: (request, call) => prediction.serverMetadata(request, optionsOf(call)),
    modelMetadata: ({ name, version }, call) =>
      prediction.modelMetadata({ name, version: versionOf(name, version) }, optionsOf(call)),
    modelConfig: ({ name, version }, call) =>
      prediction.modelConfig({ name, version: versionOf(name, version) }, optionsOf(call)),
    modelStatistics: (request, call) => prediction.modelStatistics(request, optionsOf(call)),
    modelInfer: (request, call) => infer(serving, request, call),
    modelStreamInfer: serveInOrder(
      (request, call) => inferInStream(serving, request, call),
      streamUnderWayMax,
    ),
    repositoryIndex: (request, call) => prediction.repositoryIndex(request, optionsOf(call)),
    repositoryModelLoad: (request, call) =>
      onEach(parts, (one) => one.repositoryModelLoad(request, optionsOf(call))),
    repositoryModelUnload: (request, call) =>
      onEach(parts, (one) => one.repositoryModelUnload(request, optionsOf(call))),
    ...unservedInference(),
  };
}

/** Rows of a model of the mesh get what a prediction gets: fallback, shadows, monitor. A version that is named bypasses that. */
async function infer(
  parts: Serving,
  request: ModelInferRequest__Output,
  call: CallContext,
): Promise<ModelInferResponse> {
  const deadline = deadlineOf(parts, request, call);
  const contract = request.modelVersion === '' ? parts.contracts.get(request.modelName) : undefined;
  const rows = contract && givenRowsOf(request, parts.columns.get(contract.model) ?? 0);
  if (contract === undefined || rows === undefined) {
    const modelVersion = routedVersion(parts, request.modelName, request.modelVersion);
    return await ask(parts, { ...request, modelVersion }, call, deadline);
  }
  let response: ModelInferResponse__Output | undefined;
  const keys = givenKeysOf(request, contract.joinKeys);
  const given = { contract, rows, keys, deadline, trace: call.trace };
  const answer = await parts.given.answer(given, async (version, modelDeadline, trace) => {
    const { signal } = call;
    const named = { ...request, modelVersion: String(version) };
    response = await ask(parts, named, { signal, trace }, modelDeadline);
    return scoresOf(response, rows.length);
  });
  if (answer.fallback === undefined && response !== undefined) {
    return { ...response, parameters: { ...response.parameters, ...tierParameters(answer) } };
  }
  const fallback = answer.fallback && fallbackResponse(request, answer, answer.fallback);
  if (fallback !== undefined) return fallback;
  throw noSuchOutput(request.modelName, answer);
}

/** A request may go to any replica, so what is loaded by request is loaded on all. */
async function onEach<T>(
  { peers }: InferenceParts,
  call: (replica: InferenceClient) => Promise<T>,
): Promise<T> {
  const [first, ...others] = peers.everyPrediction;
  if (first === undefined) return await call(peers.prediction);
  const [answer] = await Promise.all([call(first), ...others.map(call)]);
  return answer;
}

function ask(
  { peers }: InferenceParts,
  request: ModelInferRequest__Output,
  { signal, trace }: Pick<CallContext, 'signal' | 'trace'>,
  deadline: MonotonicMs,
): Promise<ModelInferResponse__Output> {
  return peers.prediction.modelInfer(request, { deadline, signal, trace });
}

/** Gives the features of a row of each model, as its newest versions take them. */
function columnsByModel(contracts: InferenceParts['contracts']): ReadonlyMap<string, number> {
  return new Map(
    [...contracts].map(([model, { viewDefaults, requestColumns, assembleRow }]) => [
      model,
      assembleRow(viewDefaults, new Float64Array(requestColumns.length)).length,
    ]),
  );
}

function noSuchOutput(model: string, { skipped, fallback }: GivenAnswer): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: skipped ?? 'MODEL_NOT_READY',
    message: `model '${model}' did not answer, and its fallback model has no output but ${fallback?.outputName}`,
    retry: { kind: 'elsewhere' },
  });
}

async function inferInStream(
  parts: Serving,
  request: ModelInferRequest__Output,
  call: CallContext,
): Promise<ModelStreamInferResponse> {
  try {
    return { inferResponse: await infer(parts, request, call) };
  } catch (thrown) {
    return streamError(toMeshError(thrown), request);
  }
}

function routedVersion({ routing }: InferenceParts, model: string, version: string) {
  if (version !== '') return version;
  const routed = routing.get(model).productionVersion;
  // A model that is no model of the mesh: the prediction service knows which version of it answers.
  return routed === 0 ? '' : String(routed);
}

/** What the parameter `timeout` means is checked where it runs; here it only ends the wait. */
function deadlineOf(
  { clock }: InferenceParts,
  { parameters }: ModelInferRequest__Output,
  call: CallContext,
): MonotonicMs {
  const now = clock.monotonic();
  const latest = Math.min(call.deadline, now + requestMsMax);
  const timeout = parameters['timeout'];
  const timeoutMs = Number(timeout?.int64Param ?? timeout?.uint64Param ?? 0) / microsPerMs;
  return monotonicMs(timeoutMs > 0 ? Math.min(latest, now + timeoutMs) : latest);
}

async function isReady(
  prediction: InferenceParts['peers']['prediction'],
  call: CallContext,
): Promise<boolean> {
  try {
    return (await prediction.serverReady({}, optionsOf(call))).ready;
  } catch (error) {
    if (error instanceof MeshError && error.code === 'UNAVAILABLE') return false;
    throw error;
  }
}

function optionsOf({ deadline, signal, trace }: CallContext): CallOptions {
  return { deadline, signal, trace };
}
