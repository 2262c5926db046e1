import { isLoopback, parseBindAddress } from '../../shared/platform/grpc/bind-address.ts';
import type { ServiceConfig } from '../../shared/platform/process/service-config.ts';
import type { ProcessName } from '../../shared/platform/process/service-name.ts';
import { lmdbRegistry } from '../../shared/platform/store/registry-choice.ts';
import { UsageError } from '../exit-code.ts';
import { invalidSettings } from './invalid-settings.ts';
import type { MeshSettings } from './settings.ts';

/** Which replica of a service is to run here, as far as it is known. */
export interface WantedReplica {
  readonly service: ProcessName;
  /** Counted from 1; undefined finds it by the machine's name. */
  readonly number: number | undefined;
  /** Name of this machine. */
  readonly hostName: string;
}

/**
 * Gives which replica is to run here: the one that is named, or the only one, or the one whose address has this machine's name as its first label, as the pods
 * of a StatefulSet do.
 * @throws {UsageError} when the settings have no such replica, or several and none of this machine
 */
export function replicaHere(
  { addresses, path }: Pick<MeshSettings, 'addresses' | 'path'>,
  { service, number, hostName }: WantedReplica,
): ServedReplica {
  const known = addresses[service] ?? [];
  if (known.length === 0) {
    throw new UsageError(`wanted a ${service}, but ${path} has none; add its address there`);
  }
  if (number !== undefined) {
    if (number <= known.length) return { service, number };
    throw new UsageError(
      `wanted replica ${number} of ${service}, but ${path} has ${known.length}; add its address there`,
    );
  }
  if (known.length === 1) return { service, number: 1 };
  const index = known.findIndex((address) => labelOf(address) === labelOf(hostName));
  if (index >= 0) return { service, number: index + 1 };
  throw new UsageError(
    `${path} has ${known.length} replicas of ${service} (${known.join(', ')}), none on a machine named ${hostName}; say which one runs here with --replica <number>`,
  );
}

function labelOf(hostName: string): string {
  return hostName.replace(/[.:].*$/s, '').toLowerCase();
}

/** One process of a service, or the console. */
export interface ServedReplica {
  readonly service: ProcessName;
  /** Counted from 1. */
  readonly number: number;
}

/** What of a mesh the configuration of a service holds. */
export interface ServedMesh {
  readonly meshName: string;
  /** Absolute path of the bundled module. */
  readonly meshModule: string;
  /** Options of the service: what the mesh file decides, and what the settings say. */
  readonly options: ServiceConfig['options'];
}

/**
 * Gives the configuration of one replica.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when an address is none, others than loopback have no TLS, or several registries have no log in common
 */
export function serviceConfigOf(
  settings: MeshSettings,
  { service, number }: ServedReplica,
  served: ServedMesh,
): ServiceConfig {
  const { addresses, dataDirectory, telemetryEndpoint, metricsPortOffset, tls } = settings;
  const { bind = '127.0.0.1' } = settings;
  const { registryStore = lmdbRegistry } = settings.options.registry ?? {};
  if (addresses.registry.length > 1 && registryStore === lmdbRegistry) {
    throw invalidSettings(
      `wanted one address of the registry in ${settings.path}, got ${addresses.registry.length}: several need registryStore in Postgres, and one data directory for all`,
    );
  }
  if (tls === undefined && !isLoopback(bind)) {
    throw invalidSettings(
      `wanted tls in ${settings.path}, with the certificates of this service: other machines reach ${bind}; \`mlmesh certs init\` makes some`,
    );
  }
  const address = listenAddress(bind, addresses[service]?.[number - 1]);
  const isMeasured = metricsPortOffset !== undefined && service !== 'console';
  const scheme = tls === undefined ? 'http' : 'https';
  return {
    service,
    replica: number,
    ...served,
    dataDirectory,
    address,
    addresses,
    // A replay owns time only where `mlmesh up` drives it.
    hasVirtualClock: false,
    // The monitor is the mesh's own sink of traces and metrics.
    ...(isMeasured && { metricsAddress: listenAddress(bind, address, metricsPortOffset) }),
    telemetryEndpoint: telemetryEndpoint ?? `${scheme}://${addresses.monitor[0]}`,
    tls,
  };
}

/** The port is that under which the others find the replica. */
function listenAddress(host: string, address = '', offset = 0): string {
  const { port } = parseBindAddress(address);
  return `${host.includes(':') ? `[${host}]` : host}:${port + offset}`;
}
