import type { RegistryEvent } from './core/registry-event.ts';

/** The log of the registry: all that compare-and-set needs. */
export interface LogStore {
  /**
   * Appends events after `expectedSequence`, all or none; durable when it resolves.
   * @throws {MeshError} ABORTED / LOG_CONFLICT when the log has grown
   * @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL
   */
  append(expectedSequence: number, events: readonly RegistryEvent[]): Promise<void>;
  /**
   * Gives the events from a sequence on, oldest first, until the caller stops. An event that is appended meanwhile may or may not come.
   * @throws {MeshError} DATA_LOSS / LOG_CORRUPT for a row that is no event
   */
  read(fromSequence: number): AsyncIterable<RegistryEvent>;
}

/** Artifacts by their digest. */
export interface BlobStore {
  /**
   * Stores what comes if it has this digest and size; durable when it resolves. Storing again replaces a file that was damaged. Nothing is
   * kept of an upload that breaks off or is not what it says.
   * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT
   * @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL
   */
  write(blob: BlobName, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * Gives the bytes in chunks, once all of them were checked against the digest.
   * @throws {MeshError} NOT_FOUND / VERSION_UNKNOWN
   * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT
   */
  read(digest: string): AsyncIterable<Uint8Array>;
}

/** What an artifact is stored under, and its size. */
export interface BlobName {
  /** SHA-256, 64 hexadecimal digits. */
  readonly digest: string;
  readonly bytes: number;
}
