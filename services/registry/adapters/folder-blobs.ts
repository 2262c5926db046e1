import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { diskFull, isDiskFull } from '../../shared/platform/store/store-error.ts';
import type { BlobName, BlobStore, ReceivedBlob, StoredBlob } from '../ports.ts';

const chunkBytes = 256 * 1024;
const digestForm = /^[0-9a-f]{64}$/;
/** Uploads that broke off go on within a day, or begin anew. */
const partialMsMax = 86_400_000;
const partialSuffix = '.part';

/** Blobs in a folder, a file each, named by their digest. A file appears under its name only when it is whole and on disk. */
export class FolderBlobs implements BlobStore {
  readonly #folder: string;
  readonly #uploads: string;
  readonly #clock: Clock;

  /** Opens the folder, and removes what broken uploads left that nobody can go on with. */
  constructor(folder: string, clock: Clock = systemClock) {
    this.#folder = folder;
    this.#clock = clock;
    this.#uploads = join(folder, 'uploads');
    mkdirSync(this.#uploads, { recursive: true });
    const oldest = clock.epoch() - partialMsMax;
    for (const file of readdirSync(this.#uploads)) {
      const path = join(this.#uploads, file);
      if (!file.endsWith(partialSuffix) || statSync(path).mtimeMs < oldest) rmSync(path);
    }
  }

  async write(blob: BlobName, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const path = join(this.#uploads, randomUUID());
    const file = await open(path, 'wx');
    try {
      await receive(file, blob, chunks);
      await file.sync();
      await file.close();
      await this.#publish(path, blob.digest);
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(path, { force: true });
      throw isDiskFull(error) ? diskFull(this.#folder, error) : error;
    }
  }

  async resume(
    blob: BlobName,
    fromByte: number,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<number> {
    const { bytes, isComplete } = await this.received(blob.digest);
    if (isComplete) {
      // Written anew as far as the retention can tell: a registration of it may be on its way.
      const now = this.#clock.epoch() / 1_000;
      await utimes(join(this.#folder, blob.digest), now, now);
      return bytes;
    }
    if (fromByte !== bytes) throw wrongOffset(blob.digest, bytes, fromByte);
    const path = this.#partial(blob.digest);
    const file = await open(path, 'a+');
    try {
      return await this.#append(file, { blob, path, fromByte }, chunks);
    } catch (error) {
      throw isDiskFull(error) ? diskFull(this.#folder, error) : error;
    } finally {
      await file.close().catch(() => undefined);
    }
  }

  async received(digest: string): Promise<ReceivedBlob> {
    if (!digestForm.test(digest)) return { bytes: 0, isComplete: false };
    const whole = await sizeOf(join(this.#folder, digest));
    if (whole !== undefined) return { bytes: whole, isComplete: true };
    return { bytes: (await sizeOf(this.#partial(digest))) ?? 0, isComplete: false };
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

  #partial(digest: string): string {
    return join(this.#uploads, `${digest}${partialSuffix}`);
  }

  async #append(
    file: FileHandle,
    part: { readonly blob: BlobName; readonly path: string; readonly fromByte: number },
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<number> {
    const { blob, path } = part;
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
    message: `wanted ${wanted} bytes of artifact ${digest}, as its provenance says, got ${got}; send it again whole`,
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
