import { createHash } from 'node:crypto';
import type { ArtifactFormat } from '../../shared/compute/artifact-format.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Provenance } from '../core/model-version.ts';
import type { BlobName, BlobStore, ReceivedBlob } from '../ports.ts';
import { ArtifactInspection, withCheckedHead } from './inspect-artifact.ts';

/** What an intake takes at most. */
export interface IntakeLimits {
  readonly artifactBytesMax: number;
  /** Uploads at the same time. */
  readonly uploadsMax: number;
}

/** A blob that is uploaded by itself. */
export interface UploadCommand {
  readonly blob: BlobName;
  readonly fromByte: number;
  /** What it is: a model, or a JSON text. */
  readonly format: ArtifactFormat | 'json';
}

const uploadRetryMs = 1_000; // an upload takes about a second

/** Takes blobs in, looks at what they are, and refuses more than it can hold. */
export class ArtifactIntake {
  readonly #blobs: BlobStore;
  readonly #limits: IntakeLimits;
  #uploads = 0;

  constructor(blobs: BlobStore, limits: IntakeLimits) {
    this.#blobs = blobs;
    this.#limits = limits;
  }

  /**
   * Takes a blob, or goes on with one.
   * @throws {MeshError} RESOURCE_EXHAUSTED / ARTIFACT_TOO_LARGE, QUEUE_FULL; INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED
   * @throws {MeshError} what {@link BlobStore.resume} says
   */
  upload(command: UploadCommand, chunks: AsyncIterable<Uint8Array>): Promise<ReceivedBlob> {
    const { blob, fromByte, format } = command;
    return this.#counted(blob.bytes, async () => {
      const isFirst = fromByte === 0 && format !== 'json';
      const checked = isFirst ? withCheckedHead(format, chunks) : chunks;
      const bytes = await this.#blobs.resume(blob, fromByte, checked);
      if (bytes > blob.bytes) throw wrongSize(blob.bytes, bytes); // it was there before
      return { bytes, isComplete: bytes === blob.bytes };
    });
  }

  /**
   * Takes the artifact of a registration, or looks at the one that was uploaded before, and checks that everything that it names is there.
   * @throws {MeshError} RESOURCE_EXHAUSTED / ARTIFACT_TOO_LARGE, QUEUE_FULL; INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED; FAILED_PRECONDITION / BLOB_MISSING
   * @throws {MeshError} what {@link BlobStore.write} and {@link BlobStore.read} say
   */
  take(provenance: Provenance, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const { artifactDigest: digest, artifactBytes: bytes, artifactFormat } = provenance;
    return this.#counted(bytes, async () => {
      await this.#assertThere('reference_profile_digest', provenance.referenceProfileDigest);
      await this.#assertThere('golden_requests_digest', provenance.goldenRequestsDigest);
      await this.#assertThere('training_manifest_digest', provenance.trainingManifestDigest);
      await this.#assertThere('evaluation_digest', provenance.evaluationDigest);
      const iterator = chunks[Symbol.asyncIterator]();
      const first = await iterator.next();
      const inspection = new ArtifactInspection(artifactFormat);
      if (first.done !== true) {
        const sent = inspection.pass(followedBy(first.value, iterator));
        await this.#blobs.write({ digest, bytes }, sent);
        inspection.assertServable();
        return;
      }
      await this.#assertThere('artifact_digest', digest);
      let found = 0;
      for await (const chunk of inspection.pass(this.#blobs.read(digest))) found += chunk.length;
      if (found !== bytes) throw wrongSize(bytes, found);
      inspection.assertServable();
    });
  }

  /** Stores a small blob and gives its digest. @throws {MeshError} what {@link BlobStore.write} says */
  async store(content: Uint8Array): Promise<string> {
    const digest = createHash('sha256').update(content).digest('hex');
    await this.#blobs.write({ digest, bytes: content.length }, oneChunk(content));
    return digest;
  }

  async #counted<T>(bytes: number, act: () => Promise<T>): Promise<T> {
    const { artifactBytesMax, uploadsMax } = this.#limits;
    if (bytes > artifactBytesMax) throw tooLarge(bytes, artifactBytesMax);
    if (this.#uploads >= uploadsMax) throw tooManyUploads(uploadsMax);
    this.#uploads += 1;
    try {
      return await act();
    } finally {
      this.#uploads -= 1;
    }
  }

  /** A version of foreign origin has no more than its artifact. */
  async #assertThere(field: string, digest: string): Promise<void> {
    if (digest === '' || (await this.#blobs.renew(digest))) return;
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'BLOB_MISSING',
      message: `wanted the blob ${digest} of ${field} to be there, and it is not; send it with Upload first`,
      violations: [{ field: `header.provenance.${field}`, description: 'wanted an uploaded blob' }],
    });
  }
}

async function* followedBy(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    for (let read = await rest.next(); read.done !== true; read = await rest.next()) {
      yield read.value;
    }
  } finally {
    await rest.return?.();
  }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

function wrongSize(wanted: number, found: number): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'ARTIFACT_CORRUPT',
    message: `wanted a blob of ${wanted} bytes, as was said of it, got one of ${found}`,
  });
}

function tooLarge(bytes: number, artifactBytesMax: number): MeshError {
  return new MeshError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'ARTIFACT_TOO_LARGE',
    message: `wanted an artifact of at most ${artifactBytesMax} bytes, got one of ${bytes}; make the model smaller or raise the registry's option artifactBytesMax`,
    detail: { bytes, artifactBytesMax },
  });
}

function tooManyUploads(uploadsMax: number): MeshError {
  return new MeshError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'QUEUE_FULL',
    message: `${uploadsMax} uploads are under way; send it again when one is done`,
    retry: { kind: 'after', delayMs: uploadRetryMs },
    detail: { uploadsMax },
  });
}
