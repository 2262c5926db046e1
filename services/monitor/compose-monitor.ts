import { join } from 'node:path';
import type { MeshModel } from '../shared/definition/mesh.ts';
import type { Clock } from '../shared/kernel/clock.ts';
import type { Component } from '../shared/kernel/component.ts';
import { monitorMetrics } from '../shared/kernel/metric-catalogue.ts';
import { actorOf } from '../shared/platform/grpc/actor-of.ts';
import { connectService, type ServiceClient } from '../shared/platform/grpc/client.ts';
import { implement } from '../shared/platform/grpc/implement.ts';
import { kernelUsers } from '../shared/platform/grpc/loopback-user.ts';
import { createServer, type MeshServer } from '../shared/platform/grpc/server.ts';
import type { ServerCall } from '../shared/platform/grpc/server-call.ts';
import { serving } from '../shared/platform/grpc/serving.ts';
import { openTls } from '../shared/platform/grpc/tls/open-tls.ts';
import { loadMeshModule } from '../shared/platform/process/load-mesh-module.ts';
import type { ServiceParts } from '../shared/platform/process/run-service.ts';
import { type ServiceConfig, telemetryPlace } from '../shared/platform/process/service-config.ts';
import { compactStore } from '../shared/platform/store/compact-store.ts';
import { openLayout } from '../shared/platform/store/data-layout.ts';
import { KeyValueStore } from '../shared/platform/store/key-value-store.ts';
import { Retention } from '../shared/platform/store/retention.ts';
import { rpcObserver } from '../shared/platform/telemetry/rpc-observer.ts';
import { startTelemetry, type Telemetry } from '../shared/platform/telemetry/start-telemetry.ts';
import { FeatureAnswerAudits } from './adapters/feature-answer-audits.ts';
import { FeatureRecomputer } from './adapters/feature-recomputer.ts';
import { LmdbPredictions } from './adapters/lmdb-predictions.ts';
import { monitorLayout } from './adapters/monitor-layout.ts';
import { composeAlerts } from './alerts/compose-alerts.ts';
import { DiskWatch } from './alerts/disk-watch.ts';
import { FigureSource } from './alerts/figure-source.ts';
import { AttributedSource } from './attribution/attributed-source.ts';
import {
  AttributionDesk,
  type AttributionParts,
  windowFacts,
} from './attribution/attribution-desk.ts';
import { AnswerAuditor } from './audit/answer-auditor.ts';
import { ParityAuditor } from './audit/parity-auditor.ts';
import { composeGuard } from './compose-guard.ts';
import { type MonitorConfig, monitorConfig } from './config.ts';
import { type DecisionPolicy, Ledger } from './core/ledger.ts';
import { ServiceWatch } from './core/service-watch.ts';
import { type ShadowGatePolicy, shadowGatePolicy } from './core/shadow-gates.ts';
import { TraceStore } from './core/trace-store.ts';
import { PredictionJournal } from './journal/prediction-journal.ts';
import { measureModels } from './measure-models.ts';
import { composeOutcomes } from './outcomes/compose-outcomes.ts';
import { type MonitorParts, monitorHandlers } from './rpc/monitor-handlers.ts';
import { otlpSink } from './rpc/otlp-sink.ts';
import { composeWindows, type Windows } from './windows/compose-windows.ts';

/** Predictions that are held in memory for joining, 31 MB with the answer of a shadow each; an outcome of an older one is joined through the log on disk. */
const entriesMax = 200_000;

/** Puts a monitor together out of its configuration. */
export async function composeMonitor(config: ServiceConfig, clock: Clock): Promise<ServiceParts> {
  const settings = monitorConfig(config);
  const { tls, calling, telemetry } = openOutside(config, clock);
  const mesh = await loadMeshModule(config.meshModule);
  const models = Object.keys(mesh.models);
  const files = await openStore(join(config.dataDirectory, 'monitor'));
  const store = new LmdbPredictions(files, { ...settings, now: () => clock.epoch() });
  const { feature, registry } = peersOf(config, calling);
  const { auditor, answers } = composeAudits(feature, clock, telemetry, settings);
  const policies = policiesOf(mesh.models);
  const shared = { mesh, config, settings, files, store, telemetry, ...calling };
  const peers = { registry, feature, predictions: store };
  const windows = composeWindows({ ...shared, ...peers, counted: () => journal.counted });
  const outcomesOf = (model: string) => journal.figures(model).outcomes;
  const releaseOf = (model: string) => guard.loop.standOf(model)?.position;
  const outcomes = composeOutcomes({ ...shared, policies, outcomesOf, releaseOf });
  const guard = composeGuard({
    ...shared,
    businessOf: outcomes.businessOf,
    blameOf: (verdict) => blame.ofVerdict(verdict, clock.epoch()),
  });
  const journal = new PredictionJournal({
    store,
    ledger: new Ledger(policies, entriesMax),
    clock,
    audit: (answer) => auditor.offer(answer),
    counters: windows.counters,
    listeners: guard.listeners,
  });
  const watch = new ServiceWatch(settings.serviceSilentMs);
  const figuresOf = { models, journal, auditor, answers, quietMs: settings.alertQuietMs };
  measureModels(telemetry.metrics, { models, journal, auditor });
  const blame = attributionDesk({ guard: guard.loop, auditor, journal, windows, services: watch });
  const figures = [new FigureSource(figuresOf), ...guard.alerts];
  const ofModels = [...figures, ...windows.sources, ...outcomes.sources];
  const { alerts, components } = composeAlerts({
    sources: [
      ...ofModels.map((source) => new AttributedSource(source, blame)),
      watch,
      watchDisk(config.dataDirectory, telemetry),
    ],
    ...{ files, clock, telemetry, settings, meshName: config.meshName },
  });
  const audit = (model: string) => auditor.figures(model);
  const [{ verdicts }, { drift }, { facts, lifts }] = [guard, windows, outcomes];
  const blameOf = (model: string, version: number) => blame.find(model, clock.epoch(), version);
  const traces = new TraceStore(settings);
  const shown = { journal, store, verdicts, audit, alerts, traces, drift, facts, lifts, blameOf };
  const views = { ...shown, models, ...judgedModels(mesh.models), clock };
  const server = serverOf(views, { config, tls, telemetry, watch });
  return {
    components: [
      telemetry,
      filesOf(files, [feature, registry, guard]),
      retentionOf(settings, { store, windows, guard, clock, telemetry }),
      journalOf(journal, windows),
      ...[windows.loop, outcomes.loop, auditor, answers, ...components],
      ...guard.loops,
      serving(server),
    ],
    address: () => server.address,
  };
}

/** Puts together what says who is to blame. */
function attributionDesk({ guard, auditor, journal, windows, services }: BlameParts) {
  return new AttributionDesk({
    ...{ guard, services },
    parityOf: (model) => auditor.figures(model),
    peersOf: (model) => journal.recentPeerFailures(model),
    windowOf: (model, version) => windowFacts(windows.loop.latest(), model, version),
  });
}

interface BlameParts extends Pick<AttributionParts, 'guard' | 'services'> {
  readonly auditor: ParityAuditor;
  readonly journal: PredictionJournal;
  readonly windows: Windows;
}

/** Puts together what answers callers. */
function serverOf(
  views: Omit<MonitorParts, 'actorOf'>,
  { config, tls, telemetry, watch }: ServerParts,
): MeshServer {
  const actor = (call: ServerCall) => actorOf(call, kernelUsers, server.address);
  const server: MeshServer = createServer({
    name: 'monitor-server',
    address: config.address,
    tls: tls?.server,
    clock: views.clock,
    log: telemetry.log,
    services: [
      implement('mlmesh.monitor.v1.MonitorService', monitorHandlers({ ...views, actorOf: actor })),
      ...otlpSink({ traces: views.traces, watch, clock: views.clock }),
    ],
    messageBytesMax: 16 * 1024 * 1024, // a full batch of predictions with wide vectors
    observer: rpcObserver(telemetry, views.clock),
    onInternalError: (error) => telemetry.log.error('internal-error', {}, error),
  });
  return server;
}

interface ServerParts {
  readonly config: ServiceConfig;
  readonly tls: ReturnType<typeof openTls>;
  readonly telemetry: Telemetry;
  readonly watch: ServiceWatch;
}

function peersOf({ addresses }: ServiceConfig, calling: Parameters<typeof connectService>[2]) {
  return {
    feature: connectService('mlmesh.feature.v1.FeatureService', addresses.feature, calling),
    registry: connectService('mlmesh.registry.v1.RegistryService', addresses.registry, calling),
  };
}

/** The audits of what was served and answered, by the feature service itself. */
function composeAudits(
  feature: ServiceClient<'mlmesh.feature.v1.FeatureService'>,
  clock: Clock,
  telemetry: Telemetry,
  settings: MonitorConfig,
) {
  const auditor = new ParityAuditor({
    recomputer: new FeatureRecomputer(feature),
    clock,
    share: settings.auditShare,
    onError: (error) => telemetry.log.warn('parity-audit-failed', {}, error),
  });
  const answers = new AnswerAuditor({
    audits: new FeatureAnswerAudits(feature),
    clock,
    metrics: telemetry.metrics,
    answersPerSecond: settings.auditAnswersPerSecond,
    everyMs: settings.auditEveryMs,
    onError: (error) => telemetry.log.warn('answer-audit-failed', {}, error),
  });
  return { auditor, answers };
}

async function openStore(directory: string): Promise<KeyValueStore> {
  await openLayout(directory, monitorLayout);
  await compactStore(directory);
  return KeyValueStore.open({ directory });
}

interface RetainedParts {
  readonly store: LmdbPredictions;
  readonly windows: Windows;
  readonly guard: ReturnType<typeof composeGuard>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Keeps what the monitor writes within the limits of its settings. */
function retentionOf(settings: MonitorConfig, parts: RetainedParts): Retention {
  const { store, windows, guard, clock, telemetry } = parts;
  const keepMs = settings.keepDays * 86_400_000;
  const { predictionsBytesMax, driftWindowsBytesMax, verdictsBytesMax } = settings;
  return new Retention({
    retained: [
      { log: store, limits: { keepMs, bytesMax: predictionsBytesMax } },
      { log: windows.retained, limits: { keepMs, bytesMax: driftWindowsBytesMax } },
      { log: guard.verdicts, limits: { keepMs, bytesMax: verdictsBytesMax } },
    ],
    clock,
    onError: (error, log) => telemetry.log.warn('retention-failed', { log }, error),
  });
}

/** Under `mlmesh up`, the disk of all services. */
function watchDisk(folder: string, { log, metrics }: Telemetry): DiskWatch {
  const disk = new DiskWatch({
    folder,
    onError: (error) => log.warn('disk-not-seen', { folder }, error),
  });
  metrics.gauge(monitorMetrics.diskFree, () => disk.freeBytes);
  return disk;
}

/** Opens what the process proves itself with, and what it tells of itself. */
function openOutside(config: ServiceConfig, clock: Clock) {
  const tls = openTls(config.tls);
  const telemetry = startTelemetry({
    serviceName: 'monitor',
    instanceId: `monitor-${clock.epoch()}`,
    serviceVersion: '0.1.0',
    ...telemetryPlace(config),
    tls: tls?.client,
    metricsTls: tls?.server,
  });
  return { tls, telemetry, calling: { clock, tls: tls?.client } };
}

const nothing: Component = {
  name: 'nothing',
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
};

function journalOf(journal: PredictionJournal, { restore }: Windows): Component {
  const start = () => Promise.resolve(journal.rebuild(restore()));
  return { ...nothing, name: 'journal', start };
}

function filesOf(files: KeyValueStore, clients: readonly { close(): void }[]): Component {
  return {
    ...nothing,
    name: 'files',
    async stop() {
      for (const client of clients) client.close();
      await files[Symbol.asyncDispose]();
    },
  };
}

function judgedModels(models: Readonly<Record<string, MeshModel>>) {
  return {
    gatePolicyOf(model: string): ShadowGatePolicy {
      const { modelBudgetMs: budgetMs = 50, threshold = 0.5 } = models[model]?.policy ?? {};
      return { ...shadowGatePolicy, budgetMs, threshold };
    },
    joinKeysOf: (model: string) => (models[model]?.joinKeys ?? []).map(({ name }) => name),
  };
}

function policiesOf(
  models: Readonly<Record<string, MeshModel>>,
): ReadonlyMap<string, DecisionPolicy> {
  return new Map(
    Object.entries(models).map(([name, { policy, businessValue }]) => [
      name,
      {
        threshold: policy.threshold,
        valueOf: (score, label) => {
          const isActedOn = score >= policy.threshold;
          const value = businessValue?.({ probability: score, isActedOn, outcome: label }) ?? 0;
          return Number.isFinite(value) ? value : 0;
        },
      },
    ]),
  );
}
