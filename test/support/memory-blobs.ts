import { createHash } from 'node:crypto';
import type {
  BlobName,
  BlobStore,
  ReceivedBlob,
  StoredBlob,
} from '../../services/registry/ports.ts';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';

/** Artifacts in memory. */
export class MemoryBlobs implements BlobStore {
  readonly #blobs = new Map<string, Buffer>();
  readonly #partial = new Map<string, Buffer>();

  async write({ digest, bytes }: BlobName, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(Buffer.from(chunk));
    const blob = Buffer.concat(parts);
    if (blob.length !== bytes || digestOf(blob) !== digest) throw corrupt(digest);
    this.#blobs.set(digest, blob);
  }

  async resume(
    { digest, bytes }: BlobName,
    fromByte: number,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<number> {
    const known = await this.received(digest);
    if (known.isComplete) return known.bytes;
    if (known.bytes !== fromByte) {
      const code = 'FAILED_PRECONDITION';
      throw new MeshError({ code, reason: 'UPLOAD_OFFSET', message: String(known.bytes) });
    }
    for await (const chunk of chunks) {
      const before = this.#partial.get(digest) ?? Buffer.alloc(0);
      this.#partial.set(digest, Buffer.concat([before, chunk]));
    }
    const blob = this.#partial.get(digest) ?? Buffer.alloc(0);
    if (blob.length < bytes) return blob.length;
    this.#partial.delete(digest);
    if (blob.length > bytes || digestOf(blob) !== digest) throw corrupt(digest);
    this.#blobs.set(digest, blob);
    return bytes;
  }

  renew(digest: string): Promise<boolean> {
    return Promise.resolve(this.#blobs.has(digest));
  }

  async received(digest: string): Promise<ReceivedBlob> {
    const whole = await Promise.resolve(this.#blobs.get(digest));
    if (whole !== undefined) return { bytes: whole.length, isComplete: true };
    return { bytes: this.#partial.get(digest)?.length ?? 0, isComplete: false };
  }

  async *read(digest: string, fromByte = 0): AsyncGenerator<Uint8Array> {
    const blob = await Promise.resolve(this.#blobs.get(digest));
    if (blob === undefined) {
      throw new MeshError({ code: 'NOT_FOUND', reason: 'VERSION_UNKNOWN', message: digest });
    }
    if (digestOf(blob) !== digest) throw corrupt(digest);
    if (fromByte > blob.length) {
      const code = 'OUT_OF_RANGE';
      throw new MeshError({ code, reason: 'INVALID_FIELD', message: String(blob.length) });
    }
    if (fromByte < blob.length) yield blob.subarray(fromByte);
  }

  async *list(): AsyncGenerator<StoredBlob> {
    for (const digest of this.#blobs.keys()) {
      yield await Promise.resolve({ digest, writtenAtMs: 0 });
    }
  }

  async remove(digest: string): Promise<void> {
    await Promise.resolve();
    this.#blobs.delete(digest);
  }

  /** Puts a blob there, whatever its digest. */
  put(digest: string, bytes: Uint8Array): void {
    this.#blobs.set(digest, Buffer.from(bytes));
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
