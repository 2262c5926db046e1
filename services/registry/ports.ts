import type { RegistryEvent } from './core/registry-event.ts';

/** The log of the registry: all that compare-and-set needs. */
export interface LogStore {
  /**
   * Appends events after `expectedSequence`, all or none; durable when it resolves.
   * @throws {MeshError} ABORTED / LOG_CONFLICT when the log has grown; RESOURCE_EXHAUSTED / DISK_FULL
   */
  append(expectedSequence: number, events: readonly RegistryEvent[]): Promise<void>;
  /** Gives at most `eventsMax` events from a sequence on, oldest first. */
  read(fromSequence: number, eventsMax?: number): Iterable<RegistryEvent>;
}

/** Artifacts by their digest. */
export interface BlobStore {
  /**
   * Stores what comes, if its digest is this one; durable when it resolves. What is there already is not written again. Nothing is kept of
   * an upload that breaks off.
   * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT; RESOURCE_EXHAUSTED / ARTIFACT_TOO_LARGE, DISK_FULL; INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED
   */
  write(digest: string, chunks: AsyncIterable<Uint8Array>, bytes: number): Promise<void>;
  /**
   * Gives the bytes in chunks, once all of them were checked against the digest.
   * @throws {MeshError} NOT_FOUND / VERSION_UNKNOWN; DATA_LOSS / ARTIFACT_CORRUPT
   */
  read(digest: string): AsyncIterable<Uint8Array>;
}
