import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../shared/kernel/logger.ts';
import { type MeshError, messageOf } from '../shared/kernel/mesh-error.ts';
import { durationMs } from '../shared/kernel/units.ts';
import { connectService } from '../shared/platform/grpc/client.ts';
import { implement } from '../shared/platform/grpc/implement.ts';
import { inferenceGuards } from '../shared/platform/grpc/infer-request-guard.ts';
import { createServer, type MeshServer } from '../shared/platform/grpc/server.ts';
import { type MeshTls, openTls } from '../shared/platform/grpc/tls/open-tls.ts';

import type { ExecutionProvider } from '../shared/platform/inference/execution-provider.ts';

import { packageVersion } from '../shared/platform/process/package-version.ts';

import { runService, type ServiceParts } from '../shared/platform/process/run-service.ts';
import {
  replicaFolder,
  type ServiceConfig,
  telemetryPlace,
} from '../shared/platform/process/service-config.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';
import { adopt, openLayout } from '../shared/platform/store/data-layout.ts';
import { trustedKeyOption } from '../shared/platform/store/trusted-key.ts';
import { rpcObserver } from '../shared/platform/telemetry/rpc-observer.ts';
import { startTelemetry, type Telemetry } from '../shared/platform/telemetry/start-telemetry.ts';
import { FolderArtifacts } from './adapters/folder-artifacts.ts';
import { providerOnce } from './adapters/provider-once.ts';
import { registryArtifacts } from './adapters/registry-artifacts.ts';
import { WatchedRegistryFeed } from './adapters/registry-feed.ts';
import { openRequestFile } from './adapters/request-file.ts';
import { trustedSignatures } from './adapters/signature-check.ts';
import { telemetrySpans } from './adapters/span-sink.ts';
import { tensorflowOnce } from './adapters/tensorflow-once.ts';
import { registryLookup } from './adapters/version-lookup.ts';
import { openViewFile } from './adapters/view-file.ts';
import { WorkerLoader } from './adapters/worker-servable.ts';
import { type PredictionConfig, readPredictionConfig, readProviderWish } from './config.ts';
import { InferScheduler } from './core/infer-scheduler.ts';
import { StatisticsBook } from './core/servable-statistics.ts';
import { hostingComponent } from './hosting/hosting-component.ts';
import { RequestedModels } from './hosting/requested-models.ts';
import { ServableManager } from './hosting/servable-manager.ts';
import { inferHandler } from './rpc/infer-handler.ts';
import { InferMeter } from './rpc/infer-meter.ts';
import { modelStatusHandler } from './rpc/model-status.ts';
import { RowTracer } from './rpc/row-tracer.ts';
import { v2Handlers } from './rpc/v2-handlers.ts';

// Larger than any frame of the contract that this mesh sends: 64 batches of 1,024 rows of 60 float32.
const messageBytesMax = 16 * 1024 * 1024;
/** Models of some hundred megabytes take a second or two; what hangs takes 30 s until it is given up. */
const slowLoadMs = 5_000;
// Of calls that are no inference, such as the load of a model.
const callMsDefault = 30_000;

await runService({ name: 'prediction', compose });

async function compose(config: ServiceConfig): Promise<ServiceParts> {
  const settings = readPredictionConfig(config.options);
  const tls = openTls(config.tls);
  const telemetry = startTelemetry({
    serviceName: 'prediction',
    // Processes of several containers have the same pid.
    instanceId: `${hostname()}-${process.pid}`,
    serviceVersion: config.meshName,
    ...telemetryPlace(config),
    tls: tls?.client,
    metricsTls: tls?.server,
  });
  const calling = { clock: systemClock, tls: tls?.client };
  const registry = connectService(
    'mlmesh.registry.v1.RegistryService',
    config.addresses.registry,
    calling,
  );
  const scheduler = createScheduler(settings);
  const folder = replicaFolder(config);
  await openLayout(folder, { name: 'prediction', migrations: [adopt] });
  const trustedKeyPath = trustedKeyOption(config);
  const manager = createManager({
    settings,
    telemetry,
    scheduler,
    registry,
    folder,
    trustedKeyPath,
    provider: providerOnce(readProviderWish(config.options), telemetry.log),
  });
  const feed = new WatchedRegistryFeed({
    registry,
    clock: systemClock,
    file: openViewFile(join(folder, 'registry-view.json')),
    log: telemetry.log,
  });
  const requested = new RequestedModels({
    manager,
    lookup: registryLookup(registry),
    file: openRequestFile(join(folder, 'requested.json')),
    limits: hostingLimits(settings),
    clock: systemClock,
    log: telemetry.log,
  });
  const hosting = hostingComponent({ feed, manager, requested });
  const hosted = { config, settings, telemetry, scheduler, manager, requested, tls };
  const server = createPredictionServer(hosted);
  return {
    components: [
      telemetry,
      {
        name: hosting.name,
        start: (signal) => hosting.start(signal),
        async stop(graceMs) {
          try {
            // The server had the first half.
            await hosting.stop(graceMs * 0.4);
          } catch (error) {
            endStuckProcess(telemetry.log, error);
          } finally {
            registry.close();
          }
        },
      },
      {
        name: server.name,
        async start() {
          await server.start();
          server.health.setAll(true);
        },
        stop: (graceMs) => server.stop(graceMs / 2),
      },
    ],
    address: () => server.address,
  };
}

function createScheduler(settings: PredictionConfig): InferScheduler {
  return new InferScheduler(systemClock, {
    rowsMax: settings.callRowsMax,
    callBytesMax: settings.callBytesMax,
    queueBytesMax: settings.queueBytesMax,
    batchDelayMs: settings.batchDelayMs,
    callsMax: settings.callsMax,
    queueRowsMax: settings.queueRowsMax,
    shadowQueueRowsMax: settings.shadowQueueRowsMax,
  });
}

function hostingLimits({ servablesMax, memoryBytesMax, threadsPerServable }: PredictionConfig) {
  return { servablesMax, memoryBytesMax, threadsPerServable };
}

function createManager(parts: {
  readonly settings: PredictionConfig;
  readonly telemetry: Telemetry;
  readonly scheduler: InferScheduler;
  readonly registry: ReturnType<typeof connectService<'mlmesh.registry.v1.RegistryService'>>;
  readonly folder: string;
  readonly trustedKeyPath: string;
  readonly provider: () => Promise<ExecutionProvider>;
}): ServableManager {
  const { settings, telemetry } = parts;
  const artifacts = new FolderArtifacts({
    folder: join(parts.folder, 'artifacts'),
    source: registryArtifacts(parts.registry),
    clock: systemClock,
    artifactBytesMax: settings.artifactBytesMax,
  });
  return new ServableManager({
    clock: systemClock,
    scheduler: parts.scheduler,
    loader: new WorkerLoader({
      artifacts,
      signatures: trustedSignatures(artifacts, parts.trustedKeyPath),
      clock: systemClock,
      provider: parts.provider,
      tensorflow: tensorflowOnce(telemetry.log),
      threads: settings.threadsPerServable,
      stuckMsMax: settings.stuckMsMax,
    }),
    // Two loads at once leave no core for the calls of those that serve.
    limits: { ...hostingLimits(settings), loadsMax: 1, slowLoadMs },
    retryMs: 500,
    retryMsMax: 30_000,
    unloadMsMax: settings.stuckMsMax,
    onStuck: (error: MeshError) => endStuckProcess(telemetry.log, error),
    log: telemetry.log,
  });
}

function createPredictionServer(parts: {
  readonly config: ServiceConfig;
  readonly tls: MeshTls | undefined;
  readonly settings: PredictionConfig;
  readonly requested: RequestedModels;
  readonly telemetry: Telemetry;
  readonly scheduler: InferScheduler;
  readonly manager: ServableManager;
}): MeshServer {
  const { config, settings, telemetry, scheduler, manager, requested, tls } = parts;
  // Both services ask the same lanes, and are measured together.
  const inferring = {
    clock: systemClock,
    scheduler,
    tracer: new RowTracer(telemetrySpans(telemetry), systemClock),
    meter: new InferMeter(telemetry.metrics),
    statistics: new StatisticsBook(),
  };
  const infer = inferHandler({
    ...inferring,
    laneOf: (model, version) => manager.laneOf(model, version),
  });
  return createServer({
    name: 'prediction-server',
    address: config.address,
    tls: tls?.server,
    clock: systemClock,
    log: telemetry.log,
    messageBytesMax,
    callMsMax: durationMs(Math.max(settings.requestMsMax, callMsDefault)),
    observer: rpcObserver(telemetry, systemClock),
    services: [
      implement('mlmesh.prediction.v1.PredictionService', {
        infer,
        modelStatus: modelStatusHandler(manager),
      }),
      implement(
        'inference.GRPCInferenceService',
        v2Handlers({
          ...inferring,
          models: manager,
          repository: requested,
          limits: { ...settings, threads: settings.threadsPerServable },
          requestMsMax: settings.requestMsMax,
          callRowsMax: settings.callRowsMax,
          serverVersion: packageVersion(),
        }),
        inferenceGuards,
      ),
    ],
    onInternalError: (error, call) =>
      telemetry.log.error('internal-error', { method: call.method }, error.cause),
  });
}

/**
 * Ends this process at once. A thread that is stuck in native code cannot be ended otherwise: an orderly exit would wait for
 * it or abort in it. The supervisor sees the signal and starts a new process.
 */
function endStuckProcess(log: Logger, error: unknown): void {
  log.error('process-stuck', { message: messageOf(error), action: 'SIGKILL' }, error);
  process.kill(process.pid, 'SIGKILL');
}
