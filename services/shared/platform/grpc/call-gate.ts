import type { MeshError } from '../../kernel/mesh-error.ts';
import type { CallStream } from '../http2/call-stream.ts';
import { encodeStatus } from './status.ts';
import { statusBlock } from './status-block.ts';

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

const encoded = new WeakMap<MeshError, Buffer>();

/** Answers a call with an error at once, and reads nothing of it. */
export function refuseStream(stream: CallStream, error: MeshError): void {
  let block = encoded.get(error);
  if (block === undefined) {
    block = statusBlock(encodeStatus(error));
    encoded.set(error, block);
  }
  stream.respond(block, true);
}
