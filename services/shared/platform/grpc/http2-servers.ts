import { EventEmitter } from 'node:events';
import type { Server } from '@grpc/grpc-js';

// What this mesh needs of the HTTP/2 below it, grpc-js has no option for. This is the one field of it that is reached into; what is then used is public API of Node.
const serversField = 'http2Servers';

/** The HTTP/2 servers of a grpc-js server that is bound, or why they can't be had. */
export type Http2Servers =
  | { readonly kind: 'found'; readonly servers: readonly EventEmitter[] }
  | { readonly kind: 'unknown'; readonly why: string };

/** Gives the HTTP/2 servers below a server that is bound. */
export function http2ServersOf(server: Server): Http2Servers {
  const field: unknown = Reflect.get(server, serversField);
  if (!(field instanceof Map) || field.size === 0) {
    const got = field instanceof Map ? 'an empty one' : typeof field;
    return unknown(
      `wanted a map of HTTP/2 servers in '${serversField}' of the grpc-js server, got ${got}`,
    );
  }
  const keys: unknown[] = [...field.keys()];
  const servers = keys.filter((one) => one instanceof EventEmitter);
  if (servers.length === keys.length) return { kind: 'found', servers };
  return unknown(
    `wanted HTTP/2 servers in '${serversField}' of the grpc-js server, got something that emits no events`,
  );
}

function unknown(why: string): Http2Servers {
  return { kind: 'unknown', why };
}
