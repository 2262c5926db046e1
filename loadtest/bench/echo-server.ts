import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** What the parent tells the echo server: where the contract lies. */
interface EchoOrder {
  readonly protoRoot: string;
}

const answer = {
  predictionId: '018f3c9a7b2e5d10-000000000001',
  outputs: [0.123456789],
  tier: 'TIER_MODEL',
  version: 2,
};

/** A bare grpc-js server: it decodes a PredictRequest and answers a PredictResponse, and does nothing between. */
function startEcho({ protoRoot }: EchoOrder): void {
  const loaded = loadSync('mlmesh/router/v1/router_service.proto', {
    includeDirs: [protoRoot],
    keepCase: false,
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  });
  const service = loaded['mlmesh.router.v1.RouterService'];
  if (service === undefined || 'format' in service)
    throw new Error('no RouterService in the contract');
  const server = new Server({ 'grpc.enable_channelz': 0 });
  server.addService(service, {
    predict: (_call: ServerUnaryCall<unknown, unknown>, reply: sendUnaryData<unknown>) =>
      reply(null, answer),
  });
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
    process.send?.(error ? { error: String(error) } : { port });
  });
}

process.on('message', startEcho);
process.on('disconnect', () => process.exit(0));
