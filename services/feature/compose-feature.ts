import type { Clock } from '../shared/kernel/clock.ts';
import type { Component } from '../shared/kernel/component.ts';
import { durationMs } from '../shared/kernel/units.ts';
import { implement } from '../shared/platform/grpc/implement.ts';
import { createServer } from '../shared/platform/grpc/server.ts';
import { serving } from '../shared/platform/grpc/serving.ts';
import { loadMeshModule } from '../shared/platform/process/load-mesh-module.ts';
import type { ServiceParts } from '../shared/platform/process/run-service.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';
import { rpcObserver } from '../shared/platform/telemetry/rpc-observer.ts';
import { startTelemetry } from '../shared/platform/telemetry/start-telemetry.ts';
import { JobThread } from './adapters/job-thread.ts';
import { type FeatureFiles, openFiles } from './adapters/open-files.ts';
import { type FeatureConfig, featureConfig } from './config.ts';
import type { JobThreadSettings } from './jobs/job-protocol.ts';
import { featureHandlers } from './rpc/feature-handlers.ts';
import { ReadTracer } from './rpc/read-tracer.ts';
import { AnswerLog } from './serving/answer-log.ts';
import { FeatureService } from './serving/feature-service.ts';

/** A training set's message of 8,192 wide rows, and a batch of 4,096 events with long texts. */
const messageBytesMax = 16 * 1024 * 1024;

/** An audit waits behind others and reads the warehouse; all other unary calls take milliseconds. */
const callMsMax = durationMs(60_000);

const dayMs = 86_400_000;

/**
 * Puts the feature service together out of its configuration.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG or MESH_FILE_INVALID; DATA_LOSS / STATE_CORRUPT
 */
export async function composeFeature(config: ServiceConfig, clock: Clock): Promise<ServiceParts> {
  const settings = featureConfig(config);
  const telemetry = startTelemetry({
    serviceName: 'feature',
    instanceId: `feature-${clock.epoch()}`,
    serviceVersion: '0.1.0',
    endpoint: config.telemetryEndpoint,
  });
  const mesh = await loadMeshModule(settings.meshModule);
  const thread = threadSettings(settings, config.meshName);
  const files = await openFiles(thread, mesh, clock);
  const online = await files.openOnline();
  await files.moveIn(online);
  const builder = new JobThread('feature-builder', thread);
  const auditor = new JobThread('feature-auditor', thread);
  const service = new FeatureService(
    {
      mesh,
      ...files,
      online,
      builder,
      auditor,
      clock,
      hasVirtualClock: config.hasVirtualClock,
      yieldTurn,
      onBackgroundError: (error) => telemetry.log.error('background-work-failed', {}, error),
    },
    { ...settings, slackMs: thread.slackMs },
  );
  const answers = new AnswerLog(
    {
      store: files.answers,
      clock,
      yieldTurn,
      onError: (error) => telemetry.log.error('answer-log-failed', {}, error),
    },
    settings,
  );
  const server = createServer({
    name: 'feature-server',
    address: config.address,
    clock,
    services: [
      implement(
        'mlmesh.feature.v1.FeatureService',
        featureHandlers({
          service,
          answers,
          auditor,
          clock,
          tracer: new ReadTracer(telemetry, clock),
          metrics: telemetry.metrics,
          onInternalError: (error) => telemetry.log.error('internal-error', {}, error),
        }),
      ),
    ],
    messageBytesMax,
    callMsMax,
    observer: rpcObserver(telemetry, clock),
    onInternalError: (error) => telemetry.log.error('internal-error', {}, error),
  });
  return {
    components: [telemetry, closing(files), builder, auditor, answers, service, serving(server)],
    address: () => server.address,
  };
}

function threadSettings(settings: FeatureConfig, meshName: string): JobThreadSettings {
  const { meshModule, meshFolder, dataFolder, onlineStore, duckdbThreadsMax } = settings;
  return {
    meshModule,
    meshFolder,
    dataFolder,
    meshName,
    onlineStore,
    slackMs: settings.slackDays * dayMs,
    duckdbThreadsMax,
    duckdbMemoryBytesMax: settings.duckdbMemoryMiB * 1_048_576,
    setThreads: settings.trainingThreads,
    setMemoryBytesMax: settings.trainingMemoryMiB * 1_048_576,
  };
}

function yieldTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function closing({ close }: FeatureFiles): Component {
  return { name: 'files', start: () => Promise.resolve(), stop: close };
}
