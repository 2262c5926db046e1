import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import {
  type AddressList,
  type MeshAddresses,
  meshAddresses,
  type Replica,
  replicaName,
} from '../../shared/platform/process/mesh-addresses.ts';
import type { ServiceName } from '../../shared/platform/process/service-name.ts';
import { systemRandom } from '../../shared/platform/process/system-random.ts';
import { listenOnFree } from './listen-on-free.ts';
import type { ReplicaCounts } from './replica-counts.ts';

/** The services in the order of their ports: the front door has the base itself. */
const portOrder = ['router', 'feature', 'registry', 'prediction', 'monitor'] as const;

const loopback = '127.0.0.1';

/** Ports from that of a service to that of its metrics: more than there are replicas. */
export const metricsOffset = 100;

/** Where a mesh listens. */
export interface PlannedPorts {
  readonly addresses: MeshAddresses;
  /** Where a Prometheus reads the metrics of each replica. */
  readonly metricsAddresses: MeshAddresses;
}

/**
 * Plans the ports of a mesh: `base` for the router, then one more each for feature, registry, prediction and monitor, then those of further
 * replicas in the same order, all on one host; those of their metrics are 100 further on, on the loopback. With a base of 0 they are free ones.
 * @throws {MeshError} FAILED_PRECONDITION / PORT_TAKEN naming the port and the service
 */
export async function planPorts(
  base: number,
  counts: ReplicaCounts,
  host = loopback,
): Promise<PlannedPorts> {
  const servers: Server[] = [];
  const addresses = new Map<ServiceName, AddressList>();
  const metricsAddresses = new Map<ServiceName, AddressList>();
  try {
    // All are held open until the last is found, so that none is picked twice.
    for (const [index, replica] of replicasInPortOrder(counts).entries()) {
      const { service } = replica;
      const name = replicaName(replica, counts[service]);
      const plan = async (found: typeof addresses, at: WantedPort, what: string) => {
        const server = createServer();
        servers.push(server);
        const wanted = { ...at, port: base === 0 ? 0 : base + at.port };
        const port = await listen(server, wanted, what);
        const known = found.get(service);
        const address = `${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`;
        found.set(service, known === undefined ? [address] : [...known, address]);
      };
      await plan(addresses, { host, port: index }, name);
      const measured = { host: loopback, port: metricsOffset + index };
      await plan(metricsAddresses, measured, `metrics of the ${name}`);
    }
    return { addresses: wholeOf(addresses), metricsAddresses: wholeOf(metricsAddresses) };
  } finally {
    await Promise.all(servers.map(close));
  }
}

function wholeOf(found: ReadonlyMap<ServiceName, AddressList>): MeshAddresses {
  return meshAddresses((service) => {
    const list = found.get(service);
    if (list === undefined) throw new Error(`no port for the ${service}`);
    return list;
  });
}

/** The first of each service, so that their ports stay where they are when replicas are added. */
function replicasInPortOrder(counts: ReplicaCounts): readonly Replica[] {
  const firsts = portOrder.map((service) => ({ service, number: 1 }));
  const others = portOrder.flatMap((service) =>
    Array.from({ length: counts[service] - 1 }, (_, index) => ({ service, number: index + 2 })),
  );
  return [...firsts, ...others];
}

interface WantedPort {
  readonly host: string;
  /** 0 stands for any that is free. */
  readonly port: number;
}

async function listen(server: Server, wanted: WantedPort, name: string): Promise<number> {
  try {
    if (wanted.port === 0) return await listenOnFree(server, wanted.host, systemRandom);
    server.listen({ ...wanted, exclusive: true });
    await once(server, 'listening');
    return wanted.port;
  } catch (error) {
    throw portError(wanted, name, error);
  }
}

function portError({ host, port }: WantedPort, name: string, cause: unknown): MeshError {
  const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
  const why = isTaken ? 'is taken by another program' : "can't be listened on";
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'PORT_TAKEN',
    message: `port ${port} of ${host}, wanted for the ${name}, ${why}; stop what uses it, or choose other ports with --port-base <number> (0 picks free ones)`,
    detail: { port, service: name },
    cause,
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
