import type { PredictRequest__Output } from '../../gen/mlmesh/router/v1/PredictRequest.ts';
import type { PredictStreamResponse } from '../../gen/mlmesh/router/v1/PredictStreamResponse.ts';
import type { CallContext } from '../../shared/kernel/call-context.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import { encodeBatchError } from '../../shared/platform/grpc/status.ts';
import type { Router } from '../predict/router.ts';
import { answerEach } from './answer-each.ts';
import { toPredictResponse } from './predict-response.ts';
import { toModelRouting } from './routing-response.ts';

/** Requests of one stream that are under way at most. */
const streamUnderWayMax = 256;

/** Gives the handlers of the router's service. */
export function routerHandlers(router: Router): Handlers<'mlmesh.router.v1.RouterService'> {
  return {
    predict: (request, call) => predict(router, request, call),
    predictStream: (requests, call) =>
      answerEach(
        requests,
        async ({ sequence, request }) => ({
          sequence,
          ...(await answerOne(router, request, call)),
        }),
        streamUnderWayMax,
      ),
    getRouting: ({ model }) => ({
      instance: router.instance,
      models: router.routings(model).map(toModelRouting),
    }),
  };
}

async function predict(router: Router, request: PredictRequest__Output, call: CallContext) {
  return toPredictResponse(await router.predict(request.model, request, call));
}

async function answerOne(
  router: Router,
  request: PredictRequest__Output | null,
  call: CallContext,
): Promise<Pick<PredictStreamResponse, 'response' | 'error'>> {
  try {
    if (request === null) throw missingRequest();
    return { response: await predict(router, request, call) };
  } catch (error) {
    if (error instanceof MeshError) return { error: encodeBatchError(error) };
    throw error;
  }
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
