import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs, type MonotonicMs } from '../../shared/kernel/units.ts';
import type { ArtifactRef, ArtifactSource, ArtifactStore } from '../ports.ts';

/** What the folder is made of. */
export interface FolderArtifactsOptions {
  readonly folder: string;
  readonly source: ArtifactSource;
  readonly clock: Clock;
  /** Larger artifacts are refused. */
  readonly artifactBytesMax: number;
}

/** How long it rests after a chunk, in times of what that took, and at most: what is far away is slow enough by itself. */
const rest = { share: 2, msMax: 20 };

/** Keeps artifacts in a folder, each in a file named by its digest, so that a restart needs no registry. */
export class FolderArtifacts implements ArtifactStore {
  readonly #options: FolderArtifactsOptions;

  constructor(options: FolderArtifactsOptions) {
    this.#options = options;
  }

  async fetch(artifact: ArtifactRef, signal: AbortSignal): Promise<string> {
    this.#assertSize(artifact, artifact.bytes);
    const path = join(this.#options.folder, artifact.digest);
    if ((await digestOf(path)) === artifact.digest) return path;
    await this.#download(artifact, path, signal);
    return path;
  }

  /** A file gets its name only when its digest is right, so what has a name was right once. */
  async #download(artifact: ArtifactRef, path: string, signal: AbortSignal): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true });
    const partial = `${path}.${randomUUID()}`;
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      await using file = await open(partial, 'wx');
      let begunAt = this.#options.clock.monotonic();
      for await (const chunk of this.#options.source.download(artifact.digest, signal)) {
        bytes += chunk.length;
        this.#assertSize(artifact, bytes);
        hash.update(chunk);
        await file.write(chunk);
        await this.#rest(begunAt, signal);
        begunAt = this.#options.clock.monotonic();
      }
      const digest = hash.digest('hex');
      if (digest !== artifact.digest) throw corrupt(artifact.digest, digest);
      await file.sync();
      await rename(partial, path);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }

  /**
   * Waits in proportion to what a chunk took: this thread is the one that answers, and one that reads an artifact as fast as it comes is late with
   * everything else for as long.
   */
  async #rest(begunAt: MonotonicMs, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const tookMs = clock.monotonic() - begunAt;
    await clock.sleep(durationMs(Math.min(rest.share * tookMs, rest.msMax)), signal);
  }

  #assertSize({ digest }: ArtifactRef, bytes: number): void {
    const { artifactBytesMax } = this.#options;
    if (bytes <= artifactBytesMax) return;
    throw new MeshError({
      code: 'RESOURCE_EXHAUSTED',
      reason: 'ARTIFACT_TOO_LARGE',
      message: `artifact ${digest} has ${bytes} bytes, the limit is ${artifactBytesMax}; raise artifactBytesMax or make the model smaller`,
    });
  }
}

/** Gives undefined where there is no file. */
async function digestOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

function corrupt(wanted: string, got: string): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'ARTIFACT_CORRUPT',
    message: `the registry gave bytes with the SHA-256 ${got} for artifact ${wanted}; its blob is damaged`,
  });
}
