import type { UploadRequest__Output } from '../../gen/mlmesh/registry/v1/UploadRequest.ts';
import { artifactFormats } from '../../shared/compute/artifact-format.ts';
import {
  invalidField,
  requireEnum,
  requireInteger,
  requireMessage,
  requireText,
} from '../../shared/platform/grpc/validate.ts';
import type { UploadCommand } from '../versions/artifact-intake.ts';
import { chunksOf } from './read-registration.ts';

const bytesMax = 2 ** 31 - 1;

/**
 * Reads the header of an upload of one blob; the chunks are read by whoever takes them.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export async function readUpload(requests: AsyncIterable<UploadRequest__Output>): Promise<{
  readonly command: UploadCommand;
  readonly chunks: AsyncIterable<Uint8Array>;
}> {
  const iterator = requests[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) throw invalidField('header', 'a header as the first message', 'none');
  const header = requireMessage(first.value.header, 'header');
  const bytes = requireInteger(header.bytes, 'header.bytes', { min: 1, max: bytesMax });
  const fromByte = requireInteger(header.fromByte, 'header.from_byte', { min: 0, max: bytes });
  const format = requireEnum(header.format, 'header.format', [...artifactFormats, 'json']);
  const digest = parseDigest(header.digest, 'header.digest');
  return { command: { blob: { digest, bytes }, fromByte, format }, chunks: chunksOf(iterator) };
}

/**
 * Reads a digest.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export function parseDigest(text: string, field: string): string {
  const form = 'a SHA-256 of 64 hexadecimal digits';
  return requireText(text, field, { charsMin: 0, charsMax: 64, pattern: /^[0-9a-f]{64}$/, form });
}
