import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { InvalidArgumentError } from 'commander';
import type { ServiceConfig } from '../../shared/platform/process/service-config.ts';
import { systemRandom } from '../../shared/platform/process/system-random.ts';
import { listenOnFree } from './listen-on-free.ts';

/** What `mlmesh up` was told about its console; false leaves it out. */
export type ConsoleOptions = ServiceConfig['options'] | false;

/** Behind the ports of the services and of as many replicas as a machine has use for. */
const portsBehindBase = 80;

/**
 * Gives where the console of a mesh listens, `host:port`: on the host of the services, on the port that its options name, else 80 behind the base of the services. A mesh never fails
 * for the sake of its console: where that port is taken, and where the base is 0, it is a free one.
 */
export async function planConsole(
  options: ServiceConfig['options'],
  portBase: number,
  host: string,
): Promise<string> {
  const byDefault = portBase === 0 ? 0 : portBase + portsBehindBase;
  const wanted = Number(options['port'] ?? byDefault);
  const isPort = Number.isInteger(wanted) && wanted >= 0 && wanted <= 65_535;
  const port =
    (isPort && wanted > 0 ? await portIfFree(wanted, host) : undefined) ??
    (await freePort(host)) ??
    0;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Adds `name=value` to the options of the console before it.
 * @throws {InvalidArgumentError} for a name that it does not have, or a value that it does not take
 */
export function parseConsoleOption(text: string, before: unknown): ConsoleOptions {
  const known: ServiceConfig['options'] = isOptions(before) ? before : {};
  const [, name, value = ''] = /^([a-zA-Z]+)=(.+)$/.exec(text) ?? [];
  if (name === 'port' && /^\d{1,5}$/.test(value) && Number(value) <= 65_535) {
    return { ...known, port: Number(value) };
  }
  if (name === 'readOnly' && (value === 'true' || value === 'false')) {
    return { ...known, readOnly: value === 'true' };
  }
  if (name === 'hosts' && /^[A-Za-z0-9.:_,-]+$/.test(value)) return { ...known, hosts: value };
  throw new InvalidArgumentError(
    'wanted port=<0 to 65535>, readOnly=<true or false> or hosts=<name,name>.',
  );
}

function isOptions(value: unknown): value is ServiceConfig['options'] {
  return typeof value === 'object' && value !== null;
}

/** Gives the port if it is free; undefined if it can't be listened on. */
async function portIfFree(port: number, host: string): Promise<number | undefined> {
  return await closedAgain(async (server) => {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return port;
  });
}

/** Gives some free port; undefined if the host can't be listened on. */
async function freePort(host: string): Promise<number | undefined> {
  return await closedAgain((server) => listenOnFree(server, host, systemRandom));
}

/** Gives the port that a server has got, when it is closed; undefined where it has got none. */
async function closedAgain(
  listen: (server: Server) => Promise<number>,
): Promise<number | undefined> {
  const server = createServer();
  const port = await listen(server).catch(() => undefined);
  if (port !== undefined) await once(server.close(), 'close');
  return port;
}
