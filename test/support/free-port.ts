import { once } from 'node:events';
import { createServer } from 'node:net';
import { listenOnFree } from '../../services/cli/up/listen-on-free.ts';
import { systemRandom } from '../../services/shared/platform/process/system-random.ts';

/** Gives a port of the loopback that nobody listens on now, and that no outgoing connection gets. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOnFree(server, '127.0.0.1', systemRandom);
  await once(server.close(), 'close');
  return port;
}
