import { createHash } from 'node:crypto';
import type { BlobName, BlobStore } from '../../services/registry/ports.ts';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';

/** Artifacts in memory. */
export class MemoryBlobs implements BlobStore {
  readonly #blobs = new Map<string, Buffer>();

  async write({ digest, bytes }: BlobName, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(Buffer.from(chunk));
    const blob = Buffer.concat(parts);
    if (blob.length !== bytes || digestOf(blob) !== digest) throw corrupt(digest);
    this.#blobs.set(digest, blob);
  }

  async *read(digest: string): AsyncGenerator<Uint8Array> {
    const blob = await Promise.resolve(this.#blobs.get(digest));
    if (blob === undefined) {
      throw new MeshError({ code: 'NOT_FOUND', reason: 'VERSION_UNKNOWN', message: digest });
    }
    if (digestOf(blob) !== digest) throw corrupt(digest);
    yield blob;
  }

  /** Changes a byte of a blob. */
  damage(digest: string): void {
    this.#blobs.set(digest, Buffer.from('damaged'));
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function corrupt(digest: string): MeshError {
  return new MeshError({ code: 'DATA_LOSS', reason: 'ARTIFACT_CORRUPT', message: digest });
}
