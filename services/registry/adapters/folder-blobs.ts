import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { diskFull, isDiskFull } from '../../shared/platform/store/store-error.ts';
import type { BlobName, BlobStore, ReceivedBlob, StoredBlob } from '../ports.ts';
import { PartialUploads } from './partial-uploads.ts';

const chunkBytes = 256 * 1024;
const digestForm = /^[0-9a-f]{64}$/;

/**
 * Blobs in a folder, a file each, named by their digest. A file appears under its name only when it is whole and on disk. Several registries may share
 * the folder.
 */
export class FolderBlobs implements BlobStore {
  readonly #folder: string;
  readonly #uploads: PartialUploads;
  readonly #clock: Clock;

  /** Opens the folder, and removes what broken uploads left that nobody can go on with. */
  constructor(folder: string, clock: Clock = systemClock) {
    this.#folder = folder;
    this.#clock = clock;
    const uploads = join(folder, 'uploads');
    mkdirSync(uploads, { recursive: true });
    this.#uploads = new PartialUploads(uploads, clock);
  }

  write(blob: BlobName, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#orFull(async () => {
      const path = this.#uploads.beginWhole(blob.digest);
      const file = await open(path, 'wx');
      try {
        await receive(file, blob, chunks);
        await file.sync();
        await file.close();
        await this.#publish(path, blob.digest);
      } catch (error) {
        await file.close().catch(() => undefined);
        await rm(path, { force: true });
        throw error;
      }
    });
  }

  async resume(
    blob: BlobName,
    fromByte: number,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<number> {
    const { digest } = blob;
    if (await this.renew(digest)) return (await this.received(digest)).bytes;
    const path = await this.#orFull(() => this.#uploads.take(digest, fromByte));
    try {
      const there = (await sizeOf(path)) ?? 0;
      if (fromByte !== there) throw wrongOffset(digest, there, fromByte);
      return await this.#orFull(() => this.#append({ blob, path, fromByte }, chunks));
    } finally {
      // Whole: by this upload, or by another one that was faster.
      if ((await this.received(digest)).isComplete) await this.#uploads.drop(digest, path);
      else await this.#uploads.release(digest, path);
    }
  }

  async renew(digest: string): Promise<boolean> {
    if (!digestForm.test(digest)) return false;
    const now = this.#clock.epoch() / 1_000;
    return utimes(join(this.#folder, digest), now, now).then(
      () => true,
      () => false, // not there
    );
  }

  async received(digest: string): Promise<ReceivedBlob> {
    if (!digestForm.test(digest)) return { bytes: 0, isComplete: false };
    const whole = await sizeOf(join(this.#folder, digest));
    if (whole !== undefined) return { bytes: whole, isComplete: true };
    return { bytes: await this.#uploads.received(digest), isComplete: false };
  }

  async *read(digest: string, fromByte = 0): AsyncGenerator<Uint8Array> {
    const path = join(this.#folder, digest);
    const bytes = digestForm.test(digest) ? await sizeOf(path) : undefined;
    if (bytes === undefined) throw unknownBlob(digest);
    const found = await digestOf(path);
    if (found !== digest) throw corrupt(digest, `the file has ${found}; restore it from a backup`);
    if (fromByte > bytes) throw beyondEnd(digest, bytes, fromByte);
    if (fromByte === bytes) return;
    yield* createReadStream(path, { highWaterMark: chunkBytes, start: fromByte });
  }

  async *list(): AsyncGenerator<StoredBlob> {
    for (const digest of await readdir(this.#folder)) {
      if (!digestForm.test(digest)) continue;
      const found = await stat(join(this.#folder, digest)).catch(() => undefined);
      if (found !== undefined) yield { digest, writtenAtMs: found.mtimeMs };
    }
  }

  async remove(digest: string): Promise<void> {
    if (digestForm.test(digest)) await rm(join(this.#folder, digest), { force: true });
  }

  async #append(
    part: { readonly blob: BlobName; readonly path: string; readonly fromByte: number },
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<number> {
    const { blob, path } = part;
    const file = await open(path, 'a');
    try {
      let received = part.fromByte;
      for await (const chunk of chunks) {
        received += chunk.length;
        if (received > blob.bytes) {
          await rm(path, { force: true });
          throw wrongSize(blob.digest, blob.bytes, `at least ${received}`);
        }
        await file.writeFile(chunk);
      }
      if (received < blob.bytes) return received;
      const found = await digestOf(path);
      if (found !== blob.digest) {
        await rm(path, { force: true });
        throw corrupt(blob.digest, `what came has ${found}; send it again from the first byte on`);
      }
      await file.sync();
      await this.#publish(path, blob.digest);
      return received;
    } finally {
      await file.close();
    }
  }

  async #orFull<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw isDiskFull(error) ? diskFull(this.#folder, error) : error;
    }
  }

  async #publish(path: string, digest: string): Promise<void> {
    await rename(path, join(this.#folder, digest));
    await syncFolder(this.#folder);
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

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
    hash.update(chunk);
  }
  return hash.digest('hex');
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unknownBlob(digest: string): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'VERSION_UNKNOWN',
    message: `no artifact has the digest '${digest.slice(0, 64)}'; GetVersion names the digest of a version`,
  });
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
    message: `wanted ${wanted} bytes of artifact ${digest}, as was said of it, got ${got}; send it again whole`,
  });
}

function wrongOffset(digest: string, wanted: number, got: number): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'UPLOAD_OFFSET',
    message: `wanted artifact ${digest} to go on at byte ${wanted}, got byte ${got}; GetUpload says where it goes on`,
    detail: { bytes: wanted },
  });
}

function beyondEnd(digest: string, bytes: number, fromByte: number): MeshError {
  return new MeshError({
    code: 'OUT_OF_RANGE',
    reason: 'INVALID_FIELD',
    message: `wanted at most the ${bytes} bytes of artifact ${digest} to be left out, got ${fromByte}`,
  });
}
