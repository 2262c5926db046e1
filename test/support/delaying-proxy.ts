import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy whose answers take longer, as over a long line. */
export interface DelayingProxy extends AsyncDisposable {
  /** host:port of the loopback. */
  readonly address: string;
}

/** Starts a proxy to an address (host:port) that holds each piece of an answer back for `delayMs`. Requests pass at once. */
export async function startDelayingProxy(target: string, delayMs: number): Promise<DelayingProxy> {
  const [host = '', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  const server = createServer((caller) => {
    const peer = connect(Number(port), host);
    for (const socket of [caller, peer]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      // Either side may leave at any time; then the other one goes too.
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        caller.destroy();
        peer.destroy();
      });
    }
    caller.on('data', (chunk) => void peer.write(chunk));
    // Timers of one length end in the order in which they began, so the pieces keep theirs.
    peer.on('data', (chunk) => {
      setTimeout(() => {
        if (!caller.destroyed) caller.write(chunk);
      }, delayMs);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  return {
    address: `127.0.0.1:${bound.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
