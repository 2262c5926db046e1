import { codes } from '../../kernel/code.ts';
import type { MeshError } from '../../kernel/mesh-error.ts';
import { encodeHeaders } from '../http2/hpack/encode-headers.ts';
import { headerEntries } from './header-entries.ts';
import type { WireStatus } from './status.ts';

type HeaderEntries = readonly (readonly [string, string])[];

const answerHeaders: HeaderEntries = [
  [':status', '200'],
  ['content-type', 'application/grpc+proto'],
];

/** Gives the header block that answers a call with a status alone. */
export function statusBlock(status: Partial<WireStatus>): Buffer {
  return encodeHeaders([...answerHeaders, ...statusEntries(status)]);
}

/** Gives the block of trailers that ends a call of which messages were sent. */
export function statusTrailers(status: Partial<WireStatus>): Buffer {
  return encodeHeaders(statusEntries(status));
}

/** Writes an error without the details that say that it is one of this mesh: what is wrong with a message or its time each server says alike. */
export function plainStatus(error: MeshError): Partial<WireStatus> {
  return { code: codes[error.code], details: error.message };
}

function statusEntries({
  code = codes.UNKNOWN,
  details = '',
  metadata,
}: Partial<WireStatus>): HeaderEntries {
  return [
    ...headerEntries(metadata?.toHttp2Headers() ?? {}),
    ['grpc-status', String(code)],
    ['grpc-message', encodeURI(details)],
  ];
}
