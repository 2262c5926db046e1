import type { IncomingMessage } from 'node:http';
import { MeshError } from '../../shared/kernel/mesh-error.ts';

/** An action is some hundred bytes, its reason 2,000 at most. */
const bytesMax = 16_384;

/**
 * Reads the JSON that a page has sent.
 * @throws {MeshError} INVALID_ARGUMENT / MESSAGE_TOO_LARGE, INVALID_FIELD
 */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw refused('INVALID_FIELD', 'wanted content-type application/json');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > bytesMax) {
      throw refused('MESSAGE_TOO_LARGE', `wanted at most ${bytesMax} bytes, got more`);
    }
    chunks.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw refused('INVALID_FIELD', 'wanted JSON, got text that is not', error);
  }
}

function refused(
  reason: 'MESSAGE_TOO_LARGE' | 'INVALID_FIELD',
  message: string,
  cause?: unknown,
): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason, message, cause });
}
