import type { ArtifactFormat } from '../../shared/compute/artifact-format.ts';
import { artifactHeadBytes, checkArtifactHead } from '../core/artifact-head.ts';
import { ExternalDataScanner } from '../core/external-data.ts';

/** Looks at an artifact while it passes through. */
export class ArtifactInspection {
  readonly #format: ArtifactFormat;
  readonly #scanner: ExternalDataScanner | undefined;
  /** What is wrong inside; told once the bytes are known to be the ones that were meant, since a broken upload is another matter. */
  #fault: { readonly error: unknown } | undefined;

  constructor(format: ArtifactFormat) {
    this.#format = format;
    this.#scanner = format === 'onnx' ? new ExternalDataScanner() : undefined;
  }

  /** Passes the chunks on, once the first bytes were seen to be those of the format. @throws {MeshError} INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED */
  async *pass(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of withCheckedHead(this.#format, chunks)) {
      this.#look(() => this.#scanner?.push(chunk));
      yield chunk;
    }
    this.#look(() => this.#scanner?.end());
  }

  /** Passes where the whole artifact can be served. @throws {MeshError} INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED */
  assertServable(): void {
    if (this.#fault !== undefined) throw this.#fault.error;
  }

  #look(look: () => void): void {
    if (this.#fault !== undefined) return;
    try {
      look();
    } catch (error) {
      this.#fault = { error };
    }
  }
}

/**
 * Passes the chunks on, once the first bytes were seen to be those of the format.
 * @throws {MeshError} INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED
 */
export async function* withCheckedHead(
  format: ArtifactFormat,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < artifactHeadBytes) continue;
    checkArtifactHead(format, head);
    yield head;
    head = undefined;
  }
  if (head === undefined) return;
  checkArtifactHead(format, head);
  yield head;
}
