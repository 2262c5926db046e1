import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mesh } from '../../shared/definition/mesh.ts';
import type { Environment } from '../../shared/platform/process/environment.ts';
import {
  type MeshAddresses,
  type Replica,
  replicaFileName,
  replicaName,
  replicasOf,
} from '../../shared/platform/process/mesh-addresses.ts';
import { identityOf } from '../../shared/platform/process/process-identity.ts';
import {
  type ServiceConfig,
  serviceConfigVariable,
} from '../../shared/platform/process/service-config.ts';
import type { ServiceName } from '../../shared/platform/process/service-name.ts';
import {
  type ServiceSnapshot,
  type ServiceSpec,
  Supervisor,
} from '../../shared/platform/process/supervisor.ts';
import type { SupervisorNotice } from '../../shared/platform/process/supervisor-state.ts';
import { trustedKeyPath } from '../../shared/platform/store/trusted-key.ts';
import type { CallerTls } from '../certs/caller-tls.ts';
import { settingsOf } from '../certs/tls-folder.ts';
import { checkConsole, consoleUrlOf } from '../check-console.ts';
import type { CommandContext } from '../command-context.ts';
import { checkHealth } from '../rpc/check-health.ts';
import type { DataDirectory } from './data-directory.ts';
import { meshOptions } from './mesh-options.ts';
import { writeTargets } from './metrics-targets.ts';

/** A mesh whose services run under this process. */
export interface RunningMesh {
  readonly mesh: Mesh;
  readonly dataDirectory: DataDirectory;
  /** Absolute path of the bundled module that exports `mesh`. */
  readonly meshModule: string;
  readonly addresses: MeshAddresses;
  /** Where its console is, as `http://host:port`, or https with TLS; undefined where it has none. */
  readonly consoleUrl: string | undefined;
  /** What whoever runs the mesh proves themselves with; undefined without TLS. */
  readonly tls: CallerTls | undefined;
  /** Path of the public key that versions are trusted by. */
  readonly trustedKey: string;
  /** Whether the driver of a replay owns time. */
  readonly hasVirtualClock: boolean;
  readonly services: () => readonly ServiceSnapshot[];
}

/** What a mesh is started from. */
export interface RunningMeshPlan {
  readonly mesh: Mesh;
  readonly dataDirectory: DataDirectory;
  readonly meshModule: string;
  /** Folder of the mesh file: relative paths of sources start there. */
  readonly meshFolder: string;
  readonly addresses: MeshAddresses;
  /** Folder of the certificates, absolute; undefined without TLS. */
  readonly tlsFolder: string | undefined;
  /** What whoever runs the mesh proves themselves with; undefined without TLS. */
  readonly tls: CallerTls | undefined;
  /** Where a Prometheus reads the metrics of each replica. */
  readonly metricsAddresses: MeshAddresses;
  /** Where the online state lives: `lmdb`, or the URL of a Redis. */
  readonly onlineStore: string;
  /** Where the registry's log lives: `lmdb`, or the URL of a Postgres. */
  readonly registryStore: string;
  readonly environment: Environment;
  /** Feature sets of earlier mesh files that are served beside those of this one. */
  readonly earlierSetsMax: number;
  /** Options of the prediction service, by their names. */
  readonly predictionOptions: ServiceConfig['options'];
  /** Options of the routers, by their names. */
  readonly routerOptions: ServiceConfig['options'];
  /** Options of the monitor, by their names. */
  readonly monitorOptions: ServiceConfig['options'];
  /** Where the console listens, and its options; undefined where there is none. */
  readonly console: ConsolePlan | undefined;
  readonly hasVirtualClock: boolean;
  readonly onNotice: (notice: SupervisorNotice) => void;
}

/** How the console of a mesh is started. */
export interface ConsolePlan {
  readonly address: string;
  readonly options: ServiceConfig['options'];
}

/** The services of a mesh under their supervisor. */
export interface SupervisedMesh {
  readonly supervisor: Supervisor;
  readonly running: RunningMesh;
  /** Gives where the process of that name logs. */
  readonly logPathOf: (name: string) => string;
}

/**
 * Gives a supervisor for the services of a mesh, and the mesh as the steps that follow see it. Nothing runs before the supervisor's
 * `start`. The record in the data directory follows what runs.
 */
export function superviseMesh(plan: RunningMeshPlan, context: CommandContext): SupervisedMesh {
  const { mesh, dataDirectory, meshModule, addresses, hasVirtualClock, tls, tlsFolder } = plan;
  const replicas = replicasOf(addresses);
  const specs = [
    ...replicas.map((replica) => serviceSpec(plan, replica)),
    ...(plan.console === undefined ? [] : [consoleSpec(plan, plan.console)]),
  ];
  writeTargets(plan, replicas);
  let recorded = '';
  const supervisor: Supervisor = new Supervisor({
    services: specs,
    clock: context.clock,
    onNotice: plan.onNotice,
    onChange() {
      // One snapshot a replica, in the same order, and the console behind them.
      const processes = supervisor.services().flatMap(({ pid }, index) => {
        const { service, number } = replicas[index] ?? { service: 'console', number: 1 };
        return pid === undefined ? [] : [{ service, replica: number, ...identityOf(pid) }];
      });
      const key = processes.map(({ pid }) => pid).join();
      if (key === recorded) return;
      recorded = key;
      const consoleAddress = plan.console?.address;
      const where = { addresses, consoleAddress, tlsFolder };
      dataDirectory.record({ ...where, meshModule, hasVirtualClock, processes });
    },
    probe: (name, address, signal) =>
      name === 'console'
        ? checkConsole(address, signal, tls?.client)
        : checkHealth(address, signal, tls?.client),
  });
  const services = () => supervisor.services();
  const consoleUrl =
    plan.console === undefined
      ? undefined
      : consoleUrlOf(plan.console.address, tlsFolder !== undefined);
  return {
    supervisor,
    logPathOf: (name) => specs.find((spec) => spec.name === name)?.logPath ?? '',
    running: {
      ...{ mesh, dataDirectory, meshModule, addresses, consoleUrl, tls, hasVirtualClock },
      trustedKey: trustedKeyPath(dataDirectory.path),
      services,
    },
  };
}

function serviceSpec(plan: RunningMeshPlan, replica: Replica): ServiceSpec {
  const { addresses, metricsAddresses } = plan;
  const { service, number } = replica;
  return processSpec(plan, {
    service,
    replica: number,
    name: replicaName(replica, addresses[service].length),
    address: addresses[service][number - 1] ?? addresses[service][0],
    metricsAddress: metricsAddresses[service][number - 1] ?? metricsAddresses[service][0],
    options: optionsOf(plan, service),
  });
}

function consoleSpec(plan: RunningMeshPlan, { address, options }: ConsolePlan): ServiceSpec {
  const spec = processSpec(plan, {
    service: 'console',
    replica: 1,
    name: 'console',
    address,
    options,
  });
  return { ...spec, isOptional: true };
}

interface ProcessPlan
  extends Pick<ServiceConfig, 'service' | 'address' | 'options' | 'metricsAddress'> {
  readonly name: string;
  readonly replica: number;
}

function processSpec(plan: RunningMeshPlan, own: ProcessPlan): ServiceSpec {
  const { addresses, dataDirectory, tlsFolder } = plan;
  const { name, service, replica, address, metricsAddress, options } = own;
  const config: ServiceConfig = {
    service,
    replica,
    meshName: plan.mesh.name,
    meshModule: plan.meshModule,
    dataDirectory: dataDirectory.path,
    address,
    addresses,
    hasVirtualClock: plan.hasVirtualClock,
    tls: tlsFolder === undefined ? undefined : settingsOf(tlsFolder, 'services', service),
    // The monitor is the mesh's own sink of traces and metrics.
    telemetryEndpoint: `${tlsFolder === undefined ? 'http' : 'https'}://${addresses.monitor[0]}`,
    ...(metricsAddress !== undefined && { metricsAddress }),
    options,
  };
  const fileName = replicaFileName({ service, number: replica });
  return {
    name,
    modulePath: fileURLToPath(new URL(`../../${service}/main.js`, import.meta.url)),
    environment: { [serviceConfigVariable]: JSON.stringify(config) },
    logPath: join(dataDirectory.folder('logs'), `${fileName}.log`),
  };
}

function optionsOf(plan: RunningMeshPlan, service: ServiceName): ServiceConfig['options'] {
  const ofMesh = meshOptions(plan.mesh, plan.meshFolder, service);
  if (service === 'feature') return { ...ofMesh, ...featureOptions(plan) };
  if (service === 'prediction') return plan.predictionOptions;
  if (service === 'router') return plan.routerOptions;
  if (service === 'monitor') return plan.monitorOptions;
  if (service !== 'registry') return ofMesh;
  const { registryStore, environment } = plan;
  return { ...ofMesh, registryStore, environment };
}

const dayMs = 86_400_000;
/** Beyond the windows: what callers ask a little late. */
const slackDays = 15;

/** A replay can begin anew when it is over, so the online state keeps what its first requests look at. */
function featureOptions({
  mesh,
  onlineStore,
  earlierSetsMax,
}: RunningMeshPlan): ServiceConfig['options'] {
  const { fromMs = 0, untilMs = 0 } = mesh.replay ?? {};
  const replayDays = Math.ceil((untilMs - fromMs) / dayMs);
  return { onlineStore, earlierSetsMax, slackDays: slackDays + replayDays };
}
