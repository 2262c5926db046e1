import type { Fault__Output } from '../../gen/mlmesh/router/v1/Fault.ts';
import type { PredictRequest__Output } from '../../gen/mlmesh/router/v1/PredictRequest.ts';
import type { PredictResponse } from '../../gen/mlmesh/router/v1/PredictResponse.ts';
import type { PredictStreamResponse } from '../../gen/mlmesh/router/v1/PredictStreamResponse.ts';
import type { CallContext } from '../../shared/kernel/call-context.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import { encodeBatchError } from '../../shared/platform/grpc/status.ts';
import { invalidField, requireMessage } from '../../shared/platform/grpc/validate.ts';
import type { DrillFault } from '../predict/drill.ts';
import { KnownRequests } from '../predict/known-requests.ts';
import { requestFingerprint } from '../predict/request-fingerprint.ts';
import type { Router } from '../predict/router.ts';
import { answerEach } from './answer-each.ts';
import { toPredictResponse } from './predict-response.ts';
import { toModelRouting } from './routing-response.ts';

/** Requests of one stream that are under way at most. */
const streamUnderWayMax = 256;

interface Answering {
  readonly router: Router;
  readonly known: KnownRequests;
}

/** Gives the handlers of the router's service. */
export function routerHandlers(
  router: Router,
  clock: Clock,
): Handlers<'mlmesh.router.v1.RouterService'> {
  const answering = { router, known: new KnownRequests(clock) };
  return {
    predict: (request, call) => predict(answering, request, call),
    predictStream: (requests, call) =>
      answerEach(
        requests,
        async ({ sequence, request }) => ({
          sequence,
          ...(await answerOne(answering, request, call)),
        }),
        streamUnderWayMax,
      ),
    async drill(request, call) {
      const wire = requireMessage(request.request, 'request');
      const drill = { fault: faults[request.fault], version: request.version };
      return { response: toPredictResponse(await router.drill(wire.model, wire, call, drill)) };
    },
    getRouting: ({ model }) => ({
      instance: router.instance,
      models: router.routings(model).map(toModelRouting),
    }),
  };
}

const faults: Readonly<Record<Fault__Output, DrillFault>> = {
  FAULT_UNSPECIFIED: 'none',
  FAULT_MODEL_HANGS: 'model-hangs',
  FAULT_MODEL_AND_FALLBACK_HANG: 'model-and-fallback-hang',
};

/** Longest name of a request, in UTF-16 units: that of a UUID and some room. */
const requestIdLengthMax = 64;

function predict(
  { router, known }: Answering,
  request: PredictRequest__Output,
  call: CallContext,
): Promise<PredictResponse> {
  const { model, requestId } = request;
  if (requestId.length > requestIdLengthMax) {
    throw invalidField(
      'request_id',
      `at most ${requestIdLengthMax} characters`,
      `${requestId.length}`,
    );
  }
  const answer = () => router.predict(model, request, call);
  const answered =
    requestId === ''
      ? answer()
      : known.once({ requestId, fingerprint: () => requestFingerprint(request) }, answer);
  return answered.then(toPredictResponse);
}

async function answerOne(
  answering: Answering,
  request: PredictRequest__Output | null,
  call: CallContext,
): Promise<Pick<PredictStreamResponse, 'response' | 'error'>> {
  try {
    if (request === null) throw missingRequest();
    return { response: await predict(answering, request, call) };
  } catch (error) {
    if (error instanceof MeshError)
      return { error: { ...encodeBatchError(error), retryAfterMs: retryAfterMs(error) } };
    throw error;
  }
}

function retryAfterMs({ retry }: MeshError): number {
  return retry.kind === 'after' ? retry.delayMs : 0;
}

function missingRequest(): MeshError {
  const description = 'wanted a request, got none';
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD',
    message: `request: ${description}`,
    violations: [{ field: 'request', description }],
  });
}
