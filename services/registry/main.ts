import { userInfo } from 'node:os';
import { join } from 'node:path';
import { implement } from '../shared/platform/grpc/implement.ts';
import { createServer } from '../shared/platform/grpc/server.ts';
import { runService } from '../shared/platform/process/run-service.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';
import { KeyValueStore } from '../shared/platform/store/key-value-store.ts';
import { rpcObserver } from '../shared/platform/telemetry/rpc-observer.ts';
import { startTelemetry } from '../shared/platform/telemetry/start-telemetry.ts';
import { FolderBlobs } from './adapters/folder-blobs.ts';
import { LmdbLog } from './adapters/lmdb-log.ts';
import { registryHandlers } from './rpc/registry-handlers.ts';
import { Registry } from './versions/registry.ts';

await runService({
  name: 'registry',
  compose(config) {
    const folder = join(config.dataDirectory, 'registry');
    const store = KeyValueStore.open({ directory: join(folder, 'log') });
    const registry = new Registry(
      new LmdbLog(store),
      new FolderBlobs(join(folder, 'artifacts')),
      systemClock,
    );
    // Without TLS a peer is an address on this machine: whoever runs the mesh is the only one there can be.
    const actor = `local:${userInfo().username}`;
    const telemetry = startTelemetry({
      serviceName: 'registry',
      instanceId: `registry-${systemClock.epoch()}`,
      serviceVersion: '0.1.0',
      endpoint: config.telemetryEndpoint,
    });
    const server = createServer({
      name: 'registry-server',
      address: config.address,
      clock: systemClock,
      observer: rpcObserver(telemetry, systemClock),
      onInternalError: (error) => telemetry.log.error('internal-error', {}, error),
      services: [
        implement(
          'mlmesh.registry.v1.RegistryService',
          registryHandlers(registry, () => actor),
        ),
      ],
    });
    return {
      components: [
        telemetry,
        { name: 'store', start: () => Promise.resolve(), stop: () => store[Symbol.asyncDispose]() },
        {
          name: server.name,
          async start() {
            await server.start();
            server.health.setAll(true);
          },
          stop: (graceMs) => server.stop(graceMs),
        },
      ],
      address: () => server.address,
    };
  },
});
