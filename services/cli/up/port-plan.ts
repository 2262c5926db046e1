import { createServer, type Server } from 'node:net';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { ServiceName } from '../../shared/platform/process/service-name.ts';

/** The services in the order of their ports: the front door has the base itself. */
const portOrder = ['router', 'feature', 'registry', 'prediction', 'monitor'] as const;

const host = '127.0.0.1';

/** Where each service listens: `host:port`. */
export type Addresses = Readonly<Record<ServiceName, string>>;

/**
 * Plans the ports of a mesh: `base` for the router, then one more each for feature, registry, prediction and monitor. With a
 * base of 0 the system picks free ones.
 * @throws {MeshError} FAILED_PRECONDITION / PORT_TAKEN naming the port and the service
 */
export async function planPorts(base: number): Promise<Addresses> {
  const servers: Server[] = [];
  try {
    const ports: number[] = [];
    // All are held open until the last is found, so that the system can't pick one twice.
    for (const [index, service] of portOrder.entries()) {
      const server = createServer();
      servers.push(server);
      ports.push(await listen(server, base === 0 ? 0 : base + index, service));
    }
    const at = (service: ServiceName) => `${host}:${ports[portOrder.indexOf(service)]}`;
    return {
      router: at('router'),
      feature: at('feature'),
      registry: at('registry'),
      prediction: at('prediction'),
      monitor: at('monitor'),
    };
  } finally {
    await Promise.all(servers.map(close));
  }
}

async function listen(server: Server, port: number, service: ServiceName): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host, port, exclusive: true }, resolve);
    });
  } catch (error) {
    throw portError(port, service, error);
  }
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : port;
}

function portError(port: number, service: ServiceName, cause: unknown): MeshError {
  const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
  const why = isTaken ? 'is taken by another program' : "can't be listened on";
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'PORT_TAKEN',
    message: `port ${port} of ${host}, wanted for the ${service}, ${why}; stop what uses it, or choose other ports with --port-base <number> (0 picks free ones)`,
    detail: { port, service },
    cause,
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
