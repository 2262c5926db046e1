import type { ModelInferRequest__Output } from '../../gen/inference/ModelInferRequest.ts';
import type { ModelInferResponse } from '../../gen/inference/ModelInferResponse.ts';
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
import type { RoutingTable } from '../core/routing-table.ts';

/** What the handlers need. */
export interface InferenceParts {
  readonly clock: Clock;
  readonly routing: RoutingTable;
  readonly peers: { readonly prediction: ServiceClient<'inference.GRPCInferenceService'> };
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
    modelInfer: (request, call) => infer(parts, request, call),
    modelStreamInfer: serveInOrder(
      (request, call) => inferInStream(parts, request, call),
      streamUnderWayMax,
    ),
    repositoryIndex: (request, call) => prediction.repositoryIndex(request, optionsOf(call)),
    repositoryModelLoad: (request, call) =>
      prediction.repositoryModelLoad(request, optionsOf(call)),
    repositoryModelUnload: (request, call) =>
      prediction.repositoryModelUnload(request, optionsOf(call)),
    ...unservedInference(),
  };
}

function infer(
  parts: InferenceParts,
  request: ModelInferRequest__Output,
  call: CallContext,
): Promise<ModelInferResponse> {
  const modelVersion = routedVersion(parts, request.modelName, request.modelVersion);
  const { signal, trace } = call;
  const deadline = deadlineOf(parts, request, call);
  return parts.peers.prediction.modelInfer(
    { ...request, modelVersion },
    { deadline, signal, trace },
  );
}

async function inferInStream(
  parts: InferenceParts,
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
