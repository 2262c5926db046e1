import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../shared/kernel/clock.ts';
import type { Component } from '../shared/kernel/component.ts';
import { implement } from '../shared/platform/grpc/implement.ts';
import { createServer } from '../shared/platform/grpc/server.ts';
import { serving } from '../shared/platform/grpc/serving.ts';
import type { ServiceParts } from '../shared/platform/process/run-service.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';
import { KeyValueStore } from '../shared/platform/store/key-value-store.ts';
import { rpcObserver } from '../shared/platform/telemetry/rpc-observer.ts';
import { startTelemetry } from '../shared/platform/telemetry/start-telemetry.ts';
import { FolderBlobs } from './adapters/folder-blobs.ts';
import { LmdbLog } from './adapters/lmdb-log.ts';
import { readRegistryConfig } from './config.ts';
import { registryHandlers } from './rpc/registry-handlers.ts';
import { Registry } from './versions/registry.ts';

/** Puts a registry together out of its configuration. It keeps its files in the folder `registry` of the data directory. */
export async function composeRegistry(config: ServiceConfig, clock: Clock): Promise<ServiceParts> {
  const limits = readRegistryConfig(config.options);
  const telemetry = startTelemetry({
    serviceName: 'registry',
    instanceId: `registry-${clock.epoch()}`,
    serviceVersion: '0.1.0',
    endpoint: config.telemetryEndpoint,
  });
  const folder = join(config.dataDirectory, 'registry');
  const store = KeyValueStore.open({ directory: join(folder, 'log') });
  const registry = await openRegistry(store, () =>
    Registry.open({
      log: new LmdbLog(store),
      blobs: new FolderBlobs(join(folder, 'artifacts')),
      clock,
      limits,
    }),
  );
  // Without TLS a peer is an address on this machine: whoever runs the mesh is the only one there can be.
  const actor = `local:${userInfo().username}`;
  const { watchersMax } = limits;
  const server = createServer({
    name: 'registry-server',
    address: config.address,
    clock,
    services: [
      implement(
        'mlmesh.registry.v1.RegistryService',
        registryHandlers({ registry, actorOf: () => actor, watchersMax }),
      ),
    ],
    observer: rpcObserver(telemetry, clock),
    onInternalError: (error, call) =>
      telemetry.log.error('internal-error', { method: call.method }, error.cause),
  });
  return {
    components: [telemetry, closing(store), serving(server)],
    address: () => server.address,
  };
}

/** Closes the store where the log in it does not hold. */
async function openRegistry(
  store: KeyValueStore,
  open: () => Promise<Registry>,
): Promise<Registry> {
  try {
    return await open();
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

function closing(store: KeyValueStore): Component {
  return {
    name: 'store',
    start: () => Promise.resolve(),
    stop: () => store[Symbol.asyncDispose](),
  };
}
