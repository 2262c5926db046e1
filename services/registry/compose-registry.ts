import { join } from 'node:path';
import type { Clock } from '../shared/kernel/clock.ts';
import type { Component } from '../shared/kernel/component.ts';
import { durationMs } from '../shared/kernel/units.ts';
import { actorOf } from '../shared/platform/grpc/actor-of.ts';
import { implement } from '../shared/platform/grpc/implement.ts';
import { kernelUsers } from '../shared/platform/grpc/loopback-user.ts';
import { createServer, type MeshServer } from '../shared/platform/grpc/server.ts';
import { serving } from '../shared/platform/grpc/serving.ts';
import { openTls } from '../shared/platform/grpc/tls/open-tls.ts';
import type { ServiceParts } from '../shared/platform/process/run-service.ts';
import { type ServiceConfig, telemetryPlace } from '../shared/platform/process/service-config.ts';
import { adopt, openLayout } from '../shared/platform/store/data-layout.ts';
import { rpcObserver } from '../shared/platform/telemetry/rpc-observer.ts';
import { startTelemetry } from '../shared/platform/telemetry/start-telemetry.ts';
import { FolderBlobs } from './adapters/folder-blobs.ts';
import { type OpenLog, openLog } from './adapters/open-log.ts';
import { givenSigningKey, openSigningKey } from './adapters/signing-key.ts';
import { readRegistryConfig } from './config.ts';
import { VersionSigner } from './core/signed-version.ts';
import { registryHandlers } from './rpc/registry-handlers.ts';
import { wireVersions } from './rpc/wire-versions.ts';
import { followLog } from './versions/follow-log.ts';
import { keepTidy } from './versions/keep-tidy.ts';
import { openRegistry } from './versions/open-registry.ts';
import { verifyLog } from './versions/verify-log.ts';

/** Puts a registry together out of its configuration. It keeps its files in the folder `registry` of the data directory. */
export async function composeRegistry(config: ServiceConfig, clock: Clock): Promise<ServiceParts> {
  const settings = readRegistryConfig(config.options);
  const tls = openTls(config.tls);
  const telemetry = startTelemetry({
    serviceName: 'registry',
    instanceId: `registry-${clock.epoch()}`,
    serviceVersion: '0.1.0',
    ...telemetryPlace(config),
    tls: tls?.client,
    metricsTls: tls?.server,
  });
  const folder = join(config.dataDirectory, 'registry');
  await openLayout(folder, { name: 'registry', migrations: [adopt] });
  const key = keyOf(settings.signingKey, config.dataDirectory);
  const signer = new VersionSigner(key);
  const blobs = new FolderBlobs(join(folder, 'artifacts'), clock);
  const { registryStore: store, keepDays, watchersMax, policyDigests, ramps } = settings;
  const opened = await openLog({ store, folder, meshName: config.meshName, clock });
  const { log } = opened;
  const isDirtyTaken = settings.environment === 'development';
  const { registry, snapshots } = await orClosed(opened, () =>
    openRegistry(
      {
        ...{ log, blobs, signer, clock, limits: settings, isDirtyTaken, policyDigests, ramps },
        codec: wireVersions,
      },
      {
        path: join(folder, 'snapshot'),
        key,
        codec: wireVersions,
        onProblem: (message) => telemetry.log.warn('snapshot-problem', { message }),
      },
    ),
  );
  const server: MeshServer = createServer({
    name: 'registry-server',
    address: config.address,
    tls: tls?.server,
    clock,
    log: telemetry.log,
    services: [
      implement(
        'mlmesh.registry.v1.RegistryService',
        registryHandlers({
          registry,
          actorOf: (call) => actorOf(call, kernelUsers, server.address),
          verify: (options) => verifyLog({ log, blobs, signer }, options),
          watchersMax,
        }),
      ),
    ],
    observer: rpcObserver(telemetry, clock),
    onInternalError: (error, call) =>
      telemetry.log.error('internal-error', { method: call.method }, error.cause),
  });
  const following = followLog({
    registry,
    clock,
    pause: durationMs(settings.refreshMs),
    onProblem: (message) => telemetry.log.warn('shared-log-lost', { message }),
  });
  const tidying = keepTidy(
    { registry, blobs, clock, keepDays, actor: 'registry' },
    (removed) => telemetry.log.info('artifacts-removed', { ...removed }),
    (message) => telemetry.log.warn('retention-failed', { message }),
  );
  const shared = opened.isShared ? [following] : [];
  return {
    components: [telemetry, closing(opened), snapshots, ...shared, tidying, serving(server)],
    address: () => server.address,
  };
}

/** Gives the key that versions are signed with: the one that is named, or that of the data directory. */
function keyOf(given: string | undefined, dataDirectory: string) {
  return given === undefined ? openSigningKey(dataDirectory) : givenSigningKey(given);
}

/** Closes the log where what it holds can't be opened. */
async function orClosed<T>(opened: OpenLog, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function closing(opened: OpenLog): Component {
  return {
    name: 'log',
    start: () => Promise.resolve(),
    stop: () => opened.close(),
  };
}
