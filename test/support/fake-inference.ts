import { implementPartly } from '../../services/shared/platform/grpc/implement.ts';
import { createServer } from '../../services/shared/platform/grpc/server.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';

// Answers ModelInfer with no outputs; tells its parent where it listens, and leaves with it.
const server = createServer({
  name: 'inference',
  address: '127.0.0.1:0',
  clock: systemClock,
  services: [
    implementPartly('inference.GRPCInferenceService', {
      modelInfer: ({ id, modelName }) => ({ id, modelName }),
      serverReady: () => ({ ready: true }),
    }),
  ],
});
await server.start();
process.on('disconnect', () => process.exit(0));
process.send?.(server.address);
