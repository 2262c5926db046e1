import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Server } from '@grpc/grpc-js';

// What this mesh needs of the HTTP/2 below it, grpc-js has no option for. This is the one field of it that is reached into; what is then used are events of Node's servers.
const serversField = 'http2Servers';
// Name of the function with which Node's HTTP/2 takes a connection.
const takesConnections = 'connectionListener';

/** What grpc-js does with a call. */
export type OnHttp2Stream = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
) => void;

/** What is below a grpc-js server: a port, without its HTTP/2. */
export interface PortBelow {
  /** What grpc-js does with a call. */
  readonly onStream: OnHttp2Stream;
  /** Has the connections that come from now on served by `accept`, those over TLS after their handshake; Node's HTTP/2 learns of none. */
  take(accept: (socket: Socket) => void): void;
}

/** The ports of a grpc-js server that is bound, or why they can't be had. */
export type PortsBelow =
  | { readonly kind: 'found'; readonly ports: readonly PortBelow[] }
  | { readonly kind: 'unknown'; readonly why: string };

/** Gives the ports below a server that is bound. */
export function portsBelow(server: Server): PortsBelow {
  const field: unknown = Reflect.get(server, serversField);
  if (!(field instanceof Map) || field.size === 0) {
    const got = field instanceof Map ? 'an empty one' : typeof field;
    return unknown(`a map of HTTP/2 servers in '${serversField}' of the grpc-js server`, got);
  }
  const ports: PortBelow[] = [];
  for (const one of field.keys()) {
    if (!(one instanceof EventEmitter)) return unknown('HTTP/2 servers', 'what emits no events');
    const [onStream, another] = one.listeners('stream') as OnHttp2Stream[];
    if (onStream === undefined || another !== undefined) {
      return unknown("one listener for 'stream'", `${one.listenerCount('stream')}`);
    }
    const event = one.listenerCount('secureConnection') > 0 ? 'secureConnection' : 'connection';
    const taking = one.listeners(event).filter(({ name }) => name === takesConnections);
    const [onConnection] = taking as (() => void)[];
    if (onConnection === undefined || taking.length > 1) {
      return unknown(`one '${takesConnections}' for '${event}'`, `${taking.length}`);
    }
    ports.push({
      onStream,
      take: (accept) => {
        one.removeListener(event, onConnection);
        one.on(event, accept);
      },
    });
  }
  return { kind: 'found', ports };
}

function unknown(wanted: string, got: string): PortsBelow {
  return { kind: 'unknown', why: `wanted ${wanted}, got ${got}` };
}
