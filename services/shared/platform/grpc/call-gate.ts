import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { codes } from '../../kernel/code.ts';
import type { MeshError } from '../../kernel/mesh-error.ts';
import { encodeStatus, type WireStatus } from './status.ts';

/**
 * Refuses unary calls by their headers, before anything of their body is read: under overload, reading what will be refused is most of the work that is left.
 */
export interface CallGate {
  /** Paths of the methods that it looks at, such as `/mlmesh.router.v1.RouterService/Predict`. */
  readonly paths: ReadonlySet<string>;
  /** Gives why a call is refused, the same object while nothing changes; undefined lets it in, and `arrived` is called once when it is whole or over. */
  enter(header: (name: string) => string | undefined): MeshError | undefined;
  /** A call that was let in has come whole, or is over. */
  arrived(): void;
}

const refusedHeaders = { ':status': 200, 'content-type': 'application/grpc+proto' } as const;
const headersAlone = { endStream: true };
const ignore = (): void => {};
const encoded = new WeakMap<MeshError, OutgoingHttpHeaders>();

/** Gives the headers that answer a call with a status alone. */
export function statusHeaders({
  code = codes.UNKNOWN,
  details = '',
  metadata,
}: Partial<WireStatus>): OutgoingHttpHeaders {
  return {
    ...refusedHeaders,
    ...metadata?.toHttp2Headers(),
    'grpc-status': code,
    'grpc-message': encodeURI(details),
  };
}

/** Answers a call with an error at once, and leaves what else comes of it to the caller. */
export function answerRefused(stream: ServerHttp2Stream, error: MeshError): void {
  let headers = encoded.get(error);
  if (headers === undefined) {
    headers = statusHeaders(encodeStatus(error));
    encoded.set(error, headers);
  }
  stream.on('error', ignore); // it is followed by 'close'
  stream.respond(headers, headersAlone);
}

/** Ends a call that was answered: what else comes of it is not read. */
export function resetRefused(stream: ServerHttp2Stream): void {
  stream.resume();
  stream.close(constants.NGHTTP2_NO_ERROR);
}

/** Answers a call with an error at once, and reads nothing of it. */
export function refuseStream(stream: ServerHttp2Stream, error: MeshError): void {
  answerRefused(stream, error);
  resetRefused(stream);
}
