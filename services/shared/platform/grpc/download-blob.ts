import { createHash } from 'node:crypto';
import { MeshError } from '../../kernel/mesh-error.ts';
import { durationMs } from '../../kernel/units.ts';
import type { ServiceClient } from './client.ts';

// 120 s: the largest artifact, from a disk that has other work.
const downloadMs = durationMs(120_000);

/**
 * Gives a blob of the registry, verified.
 * @throws {MeshError} what the registry says; DATA_LOSS / ARTIFACT_CORRUPT when its bytes are not what the digest says
 */
export async function downloadBlob(
  { registry }: { readonly registry: ServiceClient<'mlmesh.registry.v1.RegistryService'> },
  digest: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const options = { signal, timeoutMs: downloadMs };
  for await (const { chunk } of registry.download({ artifactDigest: digest }, options)) {
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found === digest) return bytes;
  throw new MeshError({
    code: 'DATA_LOSS',
    reason: 'ARTIFACT_CORRUPT',
    message: `wanted the blob ${digest}, got one of digest ${found}`,
  });
}
