import type { RegisterVersionRequest__Output } from '../../gen/mlmesh/registry/v1/RegisterVersionRequest.ts';
import { invalidField, requireMessage } from '../../shared/platform/grpc/validate.ts';
import type { Registration } from '../core/decide.ts';
import { parseProvenance } from '../core/parse-provenance.ts';
import { parseModelName } from './parse-move.ts';

/** Largest chunk of an upload, so that one call holds little memory. */
const chunkBytesMax = 1024 * 1024;

/** A registration, and the bytes of its artifact as they come. */
export interface IncomingRegistration {
  readonly registration: Registration;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Reads the header of an upload; the chunks are read by whoever takes them.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD, PROVENANCE_INCOMPLETE, ARTIFACT_UNSUPPORTED
 */
export async function readRegistration(
  requests: AsyncIterable<RegisterVersionRequest__Output>,
): Promise<IncomingRegistration> {
  const iterator = requests[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) throw invalidField('header', 'a header as the first message', 'none');
  const header = requireMessage(first.value.header, 'header');
  const model = parseModelName(header.model, 'header.model');
  const provenance = parseProvenance(requireMessage(header.provenance, 'header.provenance'));
  return { registration: { model, provenance }, chunks: chunksOf(iterator) };
}

/** Gives the chunks that follow a header. @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD */
export async function* chunksOf(
  iterator: AsyncIterator<{ readonly chunk?: Buffer | null }>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let read = await iterator.next(); read.done !== true; read = await iterator.next()) {
      const { chunk } = read.value;
      if (!chunk) throw invalidField('chunk', 'bytes after the header', 'another message');
      if (chunk.length > chunkBytesMax) {
        throw invalidField('chunk', `at most ${chunkBytesMax} bytes`, `${chunk.length}`);
      }
      yield chunk;
    }
  } finally {
    await iterator.return?.();
  }
}
