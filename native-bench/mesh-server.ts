// The gRPC server of this mesh, answering ModelInfer with one message: what is under the services, without them.
import type { ModelInferResponse } from '../services/gen/inference/ModelInferResponse.ts';
import { implementPartly } from '../services/shared/platform/grpc/implement.ts';
import { createServer } from '../services/shared/platform/grpc/server.ts';
import { systemClock } from '../services/shared/platform/process/system-clock.ts';

/** What the parent tells the server. */
export interface MeshServerOrder {
  readonly answer: ModelInferResponse;
}

async function serve({ answer }: MeshServerOrder): Promise<{ readonly address: string }> {
  const server = createServer({
    name: 'bench',
    address: '127.0.0.1:0',
    clock: systemClock,
    log: {
      warn: (event, fields) => process.send?.({ error: `${event} ${fields?.['why'] ?? ''}` }),
    },
    services: [
      implementPartly('inference.GRPCInferenceService', {
        modelInfer: () => Promise.resolve(answer),
      }),
    ],
  });
  await server.start();
  return { address: server.address };
}

process.on('message', (order: MeshServerOrder) => {
  serve(order).then(
    (found) => process.send?.(found),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
