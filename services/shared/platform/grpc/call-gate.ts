import { codes } from '../../kernel/code.ts';
import type { MeshError } from '../../kernel/mesh-error.ts';
import type { CallStream } from '../http2/call-stream.ts';
import { encodeHeaders } from '../http2/hpack/encode-headers.ts';
import { headerEntries } from './header-entries.ts';
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

const refusedHeaders: readonly (readonly [string, string])[] = [
  [':status', '200'],
  ['content-type', 'application/grpc+proto'],
];
const encoded = new WeakMap<MeshError, Buffer>();

/** Gives the header block that answers a call with a status alone. */
export function statusBlock({
  code = codes.UNKNOWN,
  details = '',
  metadata,
}: Partial<WireStatus>): Buffer {
  return encodeHeaders([
    ...refusedHeaders,
    ...headerEntries(metadata?.toHttp2Headers() ?? {}),
    ['grpc-status', String(code)],
    ['grpc-message', encodeURI(details)],
  ]);
}

/** Answers a call with an error at once, and reads nothing of it. */
export function refuseStream(stream: CallStream, error: MeshError): void {
  let block = encoded.get(error);
  if (block === undefined) {
    block = statusBlock(encodeStatus(error));
    encoded.set(error, block);
  }
  stream.respond(block, true);
}
