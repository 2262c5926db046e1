import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { diskFull, isDiskFull } from '../../shared/platform/store/store-error.ts';
import type { BlobName, BlobStore } from '../ports.ts';

const chunkBytes = 256 * 1024;

/** Artifacts in a folder, a file each, named by their digest. A file appears under its name only when it is whole and on disk. */
export class FolderBlobs implements BlobStore {
  readonly #folder: string;
  readonly #uploads: string;

  /** Opens the folder, and removes what broken uploads left. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#uploads = join(folder, 'uploads');
    mkdirSync(this.#uploads, { recursive: true });
    for (const file of readdirSync(this.#uploads)) rmSync(join(this.#uploads, file));
  }

  async write(blob: BlobName, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const path = join(this.#uploads, randomUUID());
    const file = await open(path, 'wx');
    try {
      await receive(file, blob, chunks);
      await file.sync();
      await file.close();
      await rename(path, join(this.#folder, blob.digest));
      await syncFolder(this.#folder);
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(path, { force: true });
      throw isDiskFull(error) ? diskFull(this.#folder, error) : error;
    }
  }

  async *read(digest: string): AsyncIterable<Uint8Array> {
    const path = join(this.#folder, digest);
    if (!/^[0-9a-f]{64}$/.test(digest) || (await stat(path).catch(() => undefined)) === undefined) {
      throw new MeshError({
        code: 'NOT_FOUND',
        reason: 'VERSION_UNKNOWN',
        message: `no artifact has the digest '${digest.slice(0, 64)}'; GetVersion names the digest of a version`,
      });
    }
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes }))
      hash.update(chunk);
    const found = hash.digest('hex');
    if (found !== digest) throw corrupt(digest, `the file has ${found}; restore it from a backup`);
    yield* createReadStream(path, { highWaterMark: chunkBytes });
  }
}

async function receive(
  file: FileHandle,
  { digest, bytes }: BlobName,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const hash = createHash('sha256');
  let received = 0;
  for await (const chunk of chunks) {
    received += chunk.length;
    if (received > bytes) throw wrongSize(digest, bytes, `at least ${received}`);
    hash.update(chunk);
    await file.writeFile(chunk);
  }
  if (received !== bytes) throw wrongSize(digest, bytes, String(received));
  const found = hash.digest('hex');
  if (found !== digest) throw corrupt(digest, `what came has ${found}; send it again`);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function corrupt(digest: string, what: string): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'ARTIFACT_CORRUPT',
    message: `wanted an artifact with the digest ${digest}, but ${what}`,
  });
}

function wrongSize(digest: string, wanted: number, got: string): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'ARTIFACT_CORRUPT',
    message: `wanted ${wanted} bytes of artifact ${digest}, as its provenance says, got ${got}; send it again whole`,
  });
}
