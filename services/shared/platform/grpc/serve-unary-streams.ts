import type { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { noteHeaders } from '../process/header-collections.ts';
import type { RefusedStreams } from './refused-streams.ts';
import { isPlainUnary, type UnaryMethod, UnaryStream } from './unary-stream.ts';

type OnStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number) => void;

/**
 * Serves the unary methods, by their path such as `/mlmesh.router.v1.RouterService/Predict`, before grpc-js sees them; all else goes to grpc-js.
 * @returns undefined, or why nothing was changed: grpc-js then serves all methods
 */
export function serveUnaryStreams(
  servers: readonly EventEmitter[],
  methods: ReadonlyMap<string, UnaryMethod>,
  refused: RefusedStreams,
): string | undefined {
  const wrong = servers.find((server) => server.listenerCount('stream') !== 1);
  if (wrong !== undefined) {
    return `wanted one listener for streams of the grpc-js server, got ${wrong.listenerCount('stream')}`;
  }
  for (const server of servers) {
    const [grpc] = server.listeners('stream') as OnStream[];
    if (grpc === undefined) continue;
    server.removeAllListeners('stream');
    const onStream: OnStream = (stream, headers, flags) => {
      noteHeaders();
      const method = methods.get(headers[':path'] ?? '');
      if (method === undefined || !isPlainUnary(headers)) {
        grpc(stream, headers, flags);
        return;
      }
      const refusal = method.gate?.enter((name) => textOf(headers[name]));
      if (refusal === undefined) new UnaryStream(stream, headers, method);
      else refused.refuse(stream, refusal);
    };
    server.on('stream', onStream);
  }
  return undefined;
}

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
