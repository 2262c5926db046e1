import type { Clock, Random } from '../shared/kernel/clock.ts';
import { messageOf } from '../shared/kernel/mesh-error.ts';
import { routerMetrics } from '../shared/kernel/metric-catalogue.ts';
import type { ObservedSpec } from '../shared/kernel/metric-sink.ts';
import { connectService } from '../shared/platform/grpc/client.ts';
import type { ReplicaFigures } from '../shared/platform/grpc/frame-stream.ts';
import { implement } from '../shared/platform/grpc/implement.ts';
import { inferenceGuards } from '../shared/platform/grpc/infer-request-guard.ts';
import { createServer } from '../shared/platform/grpc/server.ts';
import { serving } from '../shared/platform/grpc/serving.ts';
import { openTls } from '../shared/platform/grpc/tls/open-tls.ts';
import type { ClientTls } from '../shared/platform/grpc/tls/secure-options.ts';
import { loadMeshModule } from '../shared/platform/process/load-mesh-module.ts';
import type { ServiceParts } from '../shared/platform/process/run-service.ts';
import { type ServiceConfig, telemetryPlace } from '../shared/platform/process/service-config.ts';
import { systemRandom } from '../shared/platform/process/system-random.ts';
import { systemTimers } from '../shared/platform/process/system-timers.ts';
import { trustedKeyOption } from '../shared/platform/store/trusted-key.ts';
import { headSampler } from '../shared/platform/telemetry/head-sampler.ts';
import { rpcObserver } from '../shared/platform/telemetry/rpc-observer.ts';
import { startTelemetry, type Telemetry } from '../shared/platform/telemetry/start-telemetry.ts';
import { Admission } from '../shared/policy/admission.ts';
import { TurnWatch } from '../shared/policy/turn-watch.ts';
import { FallbackModels } from './adapters/fallback-models.ts';
import { fetchRowContract } from './adapters/feature-sets.ts';
import { connectHostedVersions } from './adapters/hosted-versions.ts';
import { meshContracts } from './adapters/mesh-contracts.ts';
import { connectPeers, messageBytesMax, type Peers } from './adapters/peers.ts';
import { RegistryFeed } from './adapters/registry-feed.ts';
import { SpanTracing } from './adapters/request-tracing.ts';
import { RoutingSync } from './adapters/routing-sync.ts';
import { SharedReads } from './adapters/shared-reads.ts';
import { routerConfig } from './config.ts';
import type { ModelContract } from './core/model-contract.ts';
import { RoutingTable } from './core/routing-table.ts';
import { VersionSets } from './core/version-sets.ts';
import { GivenRows } from './predict/given-rows.ts';
import { MeasuredLog } from './predict/measured-log.ts';
import { admissionDefaults, PaceJudge } from './predict/overload.ts';
import { Router } from './predict/router.ts';
import { newCounts, type RouterCounts } from './predict/router-parts.ts';
import { ShadowFanOut } from './predict/shadow-fan-out.ts';
import { VersionBreakers } from './predict/version-breakers.ts';
import { FrontGate } from './rpc/front-gate.ts';
import { inferenceHandlers } from './rpc/inference-handlers.ts';
import { routerHandlers } from './rpc/router-handlers.ts';

/** Nobody waits for a shadow: what is answered in so many ms goes to it in one frame, and each frame costs what ten rows do. */
const shadowLingerMs = 10;

/** Puts a router together out of its configuration. */
export async function composeRouter(config: ServiceConfig, clock: Clock): Promise<ServiceParts> {
  const instance = newInstance(clock, systemRandom);
  const tls = openTls(config.tls);
  const telemetry = startTelemetry({
    serviceName: 'router',
    instanceId: instance,
    serviceVersion: '0.1.0',
    ...telemetryPlace(config),
    tls: tls?.client,
    metricsTls: tls?.server,
  });
  const contracts = meshContracts(await loadMeshModule(config.meshModule));
  const peers = connectPeers(
    config.addresses,
    { hedge: routerConfig(config).hedge, tls: tls?.client },
    clock,
  );
  const routing = new RoutingTable();
  const sets = new VersionSets(contracts);
  const fallbacks = new FallbackModels(contracts.keys(), clock, (error) =>
    telemetry.log.error('fallback-stuck', {}, error),
  );
  const trustedKeyPath = trustedKeyOption(config);
  const material = {
    contracts,
    routing,
    sets,
    fallbacks,
    peers,
    telemetry,
    clock,
    tls: tls?.client,
  };
  const sync = newSync({ ...material, trustedKeyPath });
  const { router, given, gate } = newRouter(config, { ...material, instance });
  const server = createServer({
    name: 'router-server',
    address: config.address,
    tls: tls?.server,
    clock,
    log: telemetry.log,
    messageBytesMax,
    services: [
      implement('mlmesh.router.v1.RouterService', routerHandlers(router, clock)),
      implement(
        'inference.GRPCInferenceService',
        inferenceHandlers({ clock, routing, contracts, peers, given }),
        inferenceGuards,
      ),
    ],
    gate,
    observer: rpcObserver(telemetry, clock),
    onInternalError: (error) => telemetry.log.error('internal-error', {}, error),
  });
  return {
    components: [telemetry, peers, fallbacks, sync, serving(server)],
    address: () => server.address,
  };
}

interface RouterMaterial {
  readonly contracts: ReadonlyMap<string, ModelContract>;
  readonly routing: RoutingTable;
  readonly sets: VersionSets;
  readonly fallbacks: FallbackModels;
  readonly peers: Peers;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly tls: ClientTls | undefined;
}

function newSync(material: RouterMaterial & { readonly trustedKeyPath: string }) {
  const { contracts, routing, sets, fallbacks, peers, telemetry, clock, trustedKeyPath, tls } =
    material;
  const feature = connectService('mlmesh.feature.v1.FeatureService', peers.addresses.feature, {
    clock,
    tls,
  });
  const registry = connectService('mlmesh.registry.v1.RegistryService', peers.addresses.registry, {
    clock,
    tls,
  });
  const hosted = connectHostedVersions(peers.addresses.prediction, clock, tls);
  return new RoutingSync({
    table: routing,
    sets,
    fetchSet: (hash, signal) => fetchRowContract(feature, hash, signal),
    feed: new RegistryFeed({ registry, clock, trustedKeyPath, models: contracts.keys() }),
    hosted,
    fallbacks,
    contracts,
    clock,
    onProblem: (what, error) =>
      telemetry.log.warn('routing-problem', { what, message: messageOf(error) }),
    onStop() {
      feature.close();
      registry.close();
      hosted.close();
    },
  });
}

function newRouter(
  config: ServiceConfig,
  material: RouterMaterial & { readonly instance: string },
) {
  const { peers, telemetry, clock, fallbacks, routing } = material;
  const tracing = new SpanTracing(
    telemetry,
    headSampler(routerConfig(config).traceShare, systemRandom),
  );
  const counts = newCounts();
  const breakers = new VersionBreakers();
  const admission = new Admission(admissionDefaults);
  const turns = new TurnWatch(clock, setImmediate);
  const features = new SharedReads(peers.features);
  measure(telemetry, { counts, peers, admission, features });
  const log = new MeasuredLog(peers.log, telemetry.metrics);
  const shadows = new ShadowFanOut({
    clock,
    features: peers.shadowFeatures,
    models: peers.shadowModels,
    log,
    counts,
    isPaused: (model) => routing.get(model).isShadowPaused,
    later: (action) => systemTimers.after(shadowLingerMs, action),
    tracing,
  });
  const shared = {
    ...material,
    random: systemRandom,
    timers: systemTimers,
    fallbackOf: (model: string) => fallbacks.of(model),
    breakerOf: (model: string, version: number) => breakers.of(model, version),
    featureBreaker: breakers.features,
    shadows,
    log,
    counts,
    admission,
    pace: new PaceJudge(turns, admission),
  };
  const router = new Router({
    ...shared,
    features,
    models: peers.models,
    tracing,
    onRulesFailed: (model, error) => telemetry.log.error('rules-failed', { model }, error),
    isVirtualClock: config.hasVirtualClock,
  });
  const given = new GivenRows({
    ...shared,
    nextId: () => router.nextPredictionId(),
    tracing,
  });
  return { router, given, gate: new FrontGate({ admission, turns, counts }) };
}

interface Measured {
  readonly counts: RouterCounts;
  readonly peers: Peers;
  readonly admission: Admission;
  readonly features: SharedReads;
}

function measure({ metrics }: Telemetry, measured: Measured): void {
  const { counts, admission, features } = measured;
  const { log, streams } = measured.peers;
  const observe = (spec: ObservedSpec<never>, read: () => number) =>
    metrics.observe(spec, () => [{ labels: {}, value: read() }]);
  observe(routerMetrics.lateAnswers, () => counts.lateModels);
  observe(routerMetrics.featureFailures, () => counts.featureFailures);
  observe(routerMetrics.featureReadsShared, () => features.shared);
  observe(routerMetrics.shadowsDropped, () => counts.shadowsDropped);
  observe(routerMetrics.rulesFailed, () => counts.rulesFailed);
  observe(routerMetrics.rulesLate, () => counts.rulesLate);
  observe(routerMetrics.refused, () => counts.refused);
  observe(routerMetrics.shadowsShed, () => counts.shadowsShed);
  observe(routerMetrics.underWay, () => admission.underWay);
  observe(routerMetrics.admissionLimit, () => admission.limit);
  const overStreams = (figure: keyof ReplicaFigures) => () =>
    streams.reduce((sum, stream) => sum + stream[figure], 0);
  observe(routerMetrics.itemsFailedOver, overStreams('itemsFailedOver'));
  observe(routerMetrics.itemsHedged, overStreams('itemsHedged'));
  observe(routerMetrics.hedgesWon, overStreams('hedgesWon'));
  observe(routerMetrics.replicasEjected, overStreams('replicasEjected'));
  observe(routerMetrics.logPending, () => log.pending);
  observe(routerMetrics.logDropped, () => log.dropped);
}

function newInstance(clock: Clock, random: Random): string {
  const started = Math.floor(clock.epoch()).toString(16).padStart(12, '0');
  const chance = Math.floor(random.next() * 65_536)
    .toString(16)
    .padStart(4, '0');
  return `${started}${chance}`;
}
