import type { ModelVersion } from './model-version.ts';

/** How a version is written down where it is kept and sent: once. */
export interface VersionCodec {
  encode(version: ModelVersion): Uint8Array;
  /** Gives what {@link encode} was given. */
  decode(bytes: Uint8Array): ModelVersion;
}

/** Versions as JSON. */
export const jsonVersions: VersionCodec = {
  encode: (version) => Buffer.from(JSON.stringify(version)),
  // What encode() wrote.
  decode: (bytes) => JSON.parse(Buffer.from(bytes).toString('utf8')) as ModelVersion,
};

/**
 * The versions of a model by number. A version never changes, so it is encoded once, when it is first listed or written down, and kept in that form alone: a page
 * of versions is put together out of bytes, and what nobody asks for by itself is never parsed.
 */
export class StoredVersions {
  readonly #codec: VersionCodec;
  readonly #versions: (ModelVersion | Uint8Array)[];

  /** @param encoded versions from 1 on */
  constructor(codec: VersionCodec, encoded: readonly Uint8Array[] = []) {
    this.#codec = codec;
    this.#versions = [...encoded];
  }

  /** Versions that there are. */
  get count(): number {
    return this.#versions.length;
  }

  /** Adds the next version. */
  push(version: ModelVersion): void {
    this.#versions.push(version);
  }

  /** Gives a version by its number; undefined when it is not there. */
  get(version: number): ModelVersion | undefined {
    const stored = this.#versions[version - 1];
    return stored instanceof Uint8Array ? this.#codec.decode(stored) : stored;
  }

  /** Gives the bytes of a version by its number; empty when it is not there. They must not be written. */
  encoded(version: number): Uint8Array {
    const stored = this.#versions[version - 1] ?? new Uint8Array(0);
    if (stored instanceof Uint8Array) return stored;
    const bytes = this.#codec.encode(stored);
    this.#versions[version - 1] = bytes;
    return bytes;
  }

  /** Gives all of them, by number. */
  *all(): Generator<ModelVersion> {
    for (let version = 1; version <= this.count; version += 1) {
      const found = this.get(version);
      if (found !== undefined) yield found;
    }
  }
}
