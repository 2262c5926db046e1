import type { RegistryEvent } from './core/registry-event.ts';

/** The log of the registry: all that compare-and-set needs. */
export interface LogStore {
  /**
   * Appends events after `expectedSequence`, all or none; durable when it resolves.
   * @throws {MeshError} ABORTED / LOG_CONFLICT when the log has grown
   * @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL
   * @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE: the events may be there or not
   */
  append(expectedSequence: number, events: readonly RegistryEvent[]): Promise<void>;
  /**
   * Gives the events from a sequence on, oldest first, until the caller stops. An event that is appended meanwhile may or may not come.
   * @throws {MeshError} DATA_LOSS / LOG_CORRUPT for a row that is no event
   * @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE
   */
  read(fromSequence: number): AsyncIterable<RegistryEvent>;
}

/** Blobs by their digest: artifacts, profiles, golden requests, signatures. */
export interface BlobStore {
  /**
   * Stores what comes if it has this digest and size; durable when it resolves. Storing again replaces a file that was damaged. Nothing is
   * kept of an upload that breaks off or is not what it says.
   * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT
   * @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL
   */
  write(blob: BlobName, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * Takes what comes behind the first `fromByte` bytes, which are there already, and keeps it when it breaks off. Gives how much is there; the blob is whole
   * and durable when that is its size. What turns out to be something else is removed.
   * @throws {MeshError} FAILED_PRECONDITION / UPLOAD_OFFSET; DATA_LOSS / ARTIFACT_CORRUPT; RESOURCE_EXHAUSTED / DISK_FULL
   */
  resume(blob: BlobName, fromByte: number, chunks: AsyncIterable<Uint8Array>): Promise<number>;
  /** Tells whether a blob is whole; then it counts as written now, so that the retention leaves it to the registration that is on its way. */
  renew(digest: string): Promise<boolean>;
  /** Gives how much of a blob is there. */
  received(digest: string): Promise<ReceivedBlob>;
  /**
   * Gives the bytes behind the first `fromByte` in chunks, once all of them were checked against the digest.
   * @throws {MeshError} NOT_FOUND / VERSION_UNKNOWN
   * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT
   * @throws {MeshError} OUT_OF_RANGE / INVALID_FIELD when there are fewer bytes
   */
  read(digest: string, fromByte?: number): AsyncIterable<Uint8Array>;
  /** Lists the blobs that are whole. */
  list(): AsyncIterable<StoredBlob>;
  /** Removes a blob, if it is there. */
  remove(digest: string): Promise<void>;
}

/** What an artifact is stored under, and its size. */
export interface BlobName {
  /** SHA-256, 64 hexadecimal digits. */
  readonly digest: string;
  readonly bytes: number;
}

/** How much of a blob is there. */
export interface ReceivedBlob {
  readonly bytes: number;
  readonly isComplete: boolean;
}

/** A blob that is whole. */
export interface StoredBlob {
  readonly digest: string;
  /** When it was last written, epoch ms. */
  readonly writtenAtMs: number;
}
