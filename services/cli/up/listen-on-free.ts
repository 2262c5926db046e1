import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import type { Random } from '../../shared/kernel/clock.ts';

/**
 * Ports that no system hands out by itself: those of outgoing connections and of servers that take any begin at 32,768 on Linux, higher elsewhere. A port of theirs that is free now
 * may be an outgoing connection's before its service listens.
 */
const portMin = 16_384;
const portsCount = 16_384;
const triesMax = 50;

/** Lets a server listen on some free port of a host that stays free, once it is closed, until somebody asks for it by its number; gives the port. */
export async function listenOnFree(server: Server, host: string, random: Random): Promise<number> {
  for (let tried = 0; tried < triesMax; tried += 1) {
    const port = portMin + Math.floor(random.next() * portsCount);
    if (await listen(server, host, port)) return port;
  }
  // Where so many are taken, the system knows better.
  server.listen({ host, port: 0, exclusive: true });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function listen(server: Server, host: string, port: number): Promise<boolean> {
  server.listen({ host, port, exclusive: true });
  try {
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
