import { join } from 'node:path';
import type { Clock } from '../shared/kernel/clock.ts';
import type { Component } from '../shared/kernel/component.ts';
import { durationMs } from '../shared/kernel/units.ts';
import { implement } from '../shared/platform/grpc/implement.ts';
import { createServer } from '../shared/platform/grpc/server.ts';
import { serving } from '../shared/platform/grpc/serving.ts';
import { openTls } from '../shared/platform/grpc/tls/open-tls.ts';
import { loadMeshModule } from '../shared/platform/process/load-mesh-module.ts';
import type { ServiceParts } from '../shared/platform/process/run-service.ts';
import { type ServiceConfig, telemetryPlace } from '../shared/platform/process/service-config.ts';
import { compactStore } from '../shared/platform/store/compact-store.ts';
import { adopt, openLayout } from '../shared/platform/store/data-layout.ts';
import { type Retained, Retention } from '../shared/platform/store/retention.ts';
import { rpcObserver } from '../shared/platform/telemetry/rpc-observer.ts';
import { startTelemetry } from '../shared/platform/telemetry/start-telemetry.ts';
import { JobThread } from './adapters/job-thread.ts';
import { LmdbDefinitionCatalogue } from './adapters/lmdb-definition-catalogue.ts';
import { type FeatureFiles, openFiles } from './adapters/open-files.ts';
import { type FeatureConfig, featureConfig } from './config.ts';
import { type CataloguedSet, chooseEarlier } from './core/catalogued-set.ts';
import { type KeyedMesh, keyedMesh } from './core/entity-places.ts';
import { type ServedMesh, servedMesh } from './core/served-mesh.ts';
import type { JobThreadSettings } from './jobs/job-protocol.ts';
import type { DefinitionCatalogue } from './ports.ts';
import { featureHandlers } from './rpc/feature-handlers.ts';
import { ReadTracer } from './rpc/read-tracer.ts';
import { AnswerLog } from './serving/answer-log.ts';
import { DefinitionKeeper } from './serving/definition-keeper.ts';
import { FeatureService } from './serving/feature-service.ts';

/** A training set's message of 8,192 wide rows, and a batch of 4,096 events with long texts. */
const messageBytesMax = 16 * 1024 * 1024;

/** A batch of 4,096 events with 254 texts each, and their ids. */
const ingestValuesMax = 1_048_576;

/** An audit waits behind others and reads the warehouse; all other unary calls take milliseconds. */
const callMsMax = durationMs(60_000);

const dayMs = 86_400_000;

/**
 * Puts the feature service together out of its configuration.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG or MESH_FILE_INVALID; DATA_LOSS / STATE_CORRUPT
 */
export async function composeFeature(config: ServiceConfig, clock: Clock): Promise<ServiceParts> {
  const settings = featureConfig(config);
  const tls = openTls(config.tls);
  const telemetry = startTelemetry({
    serviceName: 'feature',
    instanceId: `feature-${clock.epoch()}`,
    serviceVersion: '0.1.0',
    ...telemetryPlace(config),
    ...{ tls: tls?.client, metricsTls: tls?.server },
  });
  const told = (event: string) => (error: unknown) => telemetry.log.error(event, {}, error);
  const onBackgroundError = told('background-work-failed');
  await openFolder(settings.dataFolder);
  const { mesh, keyed, catalogue, earlier, crowdedOut } = await openDefinitions(settings);
  const thread = { ...threadSettings(settings, config.meshName), earlier };
  const files = await openFiles(thread, mesh, clock);
  const online = await files.openOnline();
  await files.moveIn(online);
  const builder = new JobThread('feature-builder', thread);
  const auditor = new JobThread('feature-auditor', thread);
  const kept = { catalogue, crowdedOut, online, clock, onBackgroundError };
  const definitions = new DefinitionKeeper(kept);
  const { hasVirtualClock } = config;
  const own = { mesh, keyed, definitions, online, builder, auditor, clock, hasVirtualClock };
  const service = new FeatureService(
    { ...files, ...own, yieldTurn, onBackgroundError },
    { ...settings, slackMs: thread.slackMs },
  );
  const answers = new AnswerLog(
    { store: files.answers, clock, yieldTurn, onError: told('answer-log-failed') },
    settings,
  );
  const retained = retainedOf(files, settings);
  const onInternalError = told('internal-error');
  const tracer = new ReadTracer(telemetry, clock);
  const { metrics } = telemetry;
  const parts = { service, answers, auditor, clock, tracer, metrics, onInternalError };
  const server = createServer({
    name: 'feature-server',
    address: config.address,
    tls: tls?.server,
    clock,
    log: telemetry.log,
    services: [
      implement('mlmesh.feature.v1.FeatureService', featureHandlers(parts), {
        ingest: { valuesMax: ingestValuesMax },
      }),
    ],
    messageBytesMax,
    callMsMax,
    observer: rpcObserver(telemetry, clock),
    onInternalError,
  });
  const stores = closing(files, catalogue);
  return {
    components: [
      telemetry,
      stores,
      new Retention({ retained, clock, onError: told('retention-failed') }),
      builder,
      auditor,
      answers,
      definitions,
      service,
      serving(server),
    ],
    address: () => server.address,
  };
}

/** Brings the folder to the layout of today, and gives back to the disk what its stores have let go of. */
async function openFolder(folder: string): Promise<void> {
  await openLayout(folder, { name: 'feature', migrations: [adopt] });
  await compactStore(join(folder, 'store'));
  await compactStore(join(folder, 'answers'));
}

function retainedOf({ answers }: FeatureFiles, settings: FeatureConfig): readonly Retained[] {
  const { answersKeepDays, answersBytesMax } = settings;
  return [{ log: answers, limits: { keepMs: answersKeepDays * dayMs, bytesMax: answersBytesMax } }];
}

interface OpenedDefinitions {
  readonly mesh: ServedMesh;
  readonly keyed: KeyedMesh;
  readonly catalogue: DefinitionCatalogue;
  readonly earlier: readonly CataloguedSet[];
  readonly crowdedOut: readonly CataloguedSet[];
}

/** Gives what is to be served: the mesh file, and beside it what the catalogue has of earlier ones. */
async function openDefinitions(settings: FeatureConfig): Promise<OpenedDefinitions> {
  const { meshModule, dataFolder, earlierSetsMax } = settings;
  const file = await loadMeshModule(meshModule);
  const catalogue = new LmdbDefinitionCatalogue(join(dataFolder, 'definitions'));
  const sets = catalogue.sets();
  const { kept, crowdedOut } = chooseEarlier(file, sets, earlierSetsMax);
  const keyed = keyedMesh(
    file,
    sets.flatMap(({ keyedViews = [] }) => keyedViews),
  );
  return { mesh: servedMesh(file, kept), keyed, catalogue, earlier: kept, crowdedOut };
}

function threadSettings(
  settings: FeatureConfig,
  meshName: string,
): Omit<JobThreadSettings, 'earlier'> {
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

function closing(files: FeatureFiles, catalogue: DefinitionCatalogue): Component {
  return {
    name: 'files',
    start: () => Promise.resolve(),
    async stop() {
      await files.close();
      await catalogue.close();
    },
  };
}
