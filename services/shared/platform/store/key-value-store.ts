import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, readSync, statfsSync } from 'node:fs';
import { type Database, open, type RangeOptions, type RootDatabase } from 'lmdb';
import type { MeshError } from '../../kernel/mesh-error.ts';
import { causeOfCommit, diskFull, isDiskFull, storeError } from './store-error.ts';
import { isOpening, untilOpened } from './store-opening.ts';

/** A key: text, or parts that order one after the other (numbers before text). At most 1,900 bytes encoded. */
export type StoreKey = string | number | (string | number)[];

/** One pair of a table. */
export interface StoreEntry {
  readonly key: StoreKey;
  readonly value: Uint8Array;
}

/** Keys from `start` (included) to `end` (not included), in their order, or in reverse from the end. */
export interface StoreRange {
  readonly start?: StoreKey;
  readonly end?: StoreKey;
  readonly limit?: number;
  readonly isReverse?: boolean;
}

/** An ordered table of bytes. */
export interface StoreTable {
  /** Gives the value, which is the caller's own; undefined when the key is missing. About 1 µs when warm. */
  get(key: StoreKey): Uint8Array | undefined;
  has(key: StoreKey): boolean;
  /** Gives the pairs of a range, lazily, from one snapshot. */
  range(range?: StoreRange): Iterable<StoreEntry>;
  /** Gives the keys of a range, as {@link range} does, without reading the values. */
  keys(range?: StoreRange): Iterable<StoreKey>;
  count(): number;
  /** Gives the bytes of the pages that hold the table, as of the last commit. O(1). */
  bytes(): number;
  /** Inside {@link KeyValueStore.commit} only. */
  put(key: StoreKey, value: Uint8Array): void;
  /** Inside {@link KeyValueStore.commit} only. */
  remove(key: StoreKey): void;
  /**
   * Changes the table as a commit of its own, which LMDB's thread makes while this one goes on: for large values. They must
   * not change until it resolves.
   * @throws {MeshError} as {@link KeyValueStore.commit}
   */
  write(changes: TableChanges): Promise<void>;
}

/** What {@link StoreTable.write} does. */
export interface TableChanges {
  readonly puts: readonly { readonly key: StoreKey; readonly value: Uint8Array }[];
  readonly removes: readonly StoreKey[];
}

/** A table of bytes by keys that are bytes, such as hashes: at most 1,978 of them. */
export interface BinaryTable {
  has(key: Buffer): boolean;
  /** Inside {@link KeyValueStore.commit} only. */
  put(key: Buffer, value: Uint8Array): void;
}

/** How a store is opened. */
export interface StoreOptions {
  /** Folder, made when it is missing. */
  readonly directory: string;
  /** Largest size on disk; address space only, nothing is allocated ahead. Default 64 GiB. */
  readonly bytesMax?: number;
  readonly tablesMax?: number;
  /** Bytes of the disk that a commit must leave free. Default 32 MiB. */
  readonly spareBytes?: number;
}

/** A page of LMDB, as the systems that Node runs on have it. */
const pageBytes = 4_096;

const bytesDefault = 64 * 1024 ** 3;
// 32 MiB: a commit rewrites the pages on the way to what it changes, in every table, and other processes write to the same disk meanwhile.
const spareBytesDefault = 32 * 1024 ** 2;

/**
 * An embedded, transactional store in one folder. One process writes; what a commit wrote is on disk (fdatasync) when the commit resolves, all
 * of it or nothing, whatever happens to the process or the machine. What a commit wrote is visible to readers a little before that.
 */
export class KeyValueStore implements AsyncDisposable {
  readonly #root: RootDatabase<Buffer, StoreKey>;
  readonly #directory: string;
  readonly #spareBytes: number;
  /** Bytes of commits that are not on disk yet. */
  #unwrittenBytes = 0;
  /** Bytes that the running `write` may still put; undefined outside of one. */
  #roomBytes: number | undefined;
  /** While another process opens the store. */
  #opened: Promise<void> | undefined;
  /** Set by the first commit that the disk refused: LMDB is not safe to write to after that. */
  #failure: MeshError | undefined;

  private constructor(root: RootDatabase<Buffer, StoreKey>, options: StoreOptions) {
    this.#root = root;
    this.#directory = options.directory;
    this.#spareBytes = options.spareBytes ?? spareBytesDefault;
  }

  /**
   * Opens the store of a folder.
   * @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the files there are not a store; RESOURCE_EXHAUSTED / DISK_FULL
   */
  static open(options: StoreOptions): KeyValueStore {
    const { directory } = options;
    try {
      mkdirSync(directory, { recursive: true });
      checkMagic(`${directory}/data.mdb`);
      const root = open<Buffer, StoreKey>({
        path: `${directory}/data.mdb`,
        encoding: 'binary',
        maxDbs: options.tablesMax ?? 32,
        mapSize: options.bytesMax ?? bytesDefault,
      });
      return new KeyValueStore(root, options);
    } catch (error) {
      throw storeError(directory, error);
    }
  }

  /** Gives a table, made when it is missing. Open all tables before the first commit. */
  table(name: string): StoreTable {
    const database: Database<Buffer, StoreKey> = this.#root.openDB({ name, encoding: 'binary' });
    return {
      get: (key) => database.get(key),
      has: (key) => database.doesExist(key),
      *range(range = {}) {
        for (const { key, value } of database.getRange(rangeOptions(range))) yield { key, value };
      },
      keys: (range = {}) => database.getKeys(rangeOptions(range)),
      count: () => database.getCount(),
      bytes: () => tableBytes(database.getStats()),
      put: (key, value) => {
        this.#take(value.byteLength);
        void database.put(key, bufferOf(value));
      },
      remove: (key) => {
        this.#take(0);
        void database.remove(key);
      },
      write: (changes) => this.#write(database, changes),
    };
  }

  /**
   * Makes reads see all that was committed before this call, by whatever thread. Reads of one turn of the event loop share
   * what the first of them saw, and a message from the thread that committed may come in the same turn.
   */
  renew(): void {
    this.#root.resetReadTxn();
  }

  /** Gives a table whose keys are bytes, made when it is missing. Open all tables before the first commit. */
  binaryTable(name: string): BinaryTable {
    const database: Database<Buffer, Buffer> = this.#root.openDB({
      name,
      encoding: 'binary',
      keyEncoding: 'binary',
    });
    return {
      has: (key) => database.doesExist(key),
      put: (key, value) => {
        this.#take(value.byteLength);
        void database.put(key, bufferOf(value));
      },
    };
  }

  /**
   * Runs `write` in one transaction and resolves with what it gave once everything is durable. Commits that are asked for while another is being
   * written share one fdatasync. `write` is synchronous; when it throws, nothing is written. A store that the disk has refused a commit
   * reads on, but takes no further commit until it is opened again.
   * @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL; DATA_LOSS / STATE_CORRUPT; or what `write` threw
   */
  async commit<T>(write: () => T): Promise<T> {
    if (isOpening(this.#directory)) await this.#untilOpened();
    if (this.#failure !== undefined) throw this.#failure;
    let thrown: { readonly error: unknown } | undefined;
    let takenBytes = 0;
    try {
      const result = await this.#root.childTransaction(() => {
        try {
          const roomBytes = this.#freeBytes();
          this.#roomBytes = roomBytes;
          const value = write();
          takenBytes = roomBytes - this.#roomBytes;
          return { value };
        } catch (error) {
          thrown = { error };
          throw error;
        } finally {
          this.#unwrittenBytes += takenBytes;
          this.#roomBytes = undefined;
        }
      });
      return result.value;
    } catch (error) {
      if (thrown !== undefined) throw thrown.error;
      throw await this.#failed(error);
    } finally {
      this.#unwrittenBytes -= takenBytes;
    }
  }

  /** All that wait go on in the order in which they came. */
  #untilOpened(): Promise<void> {
    this.#opened ??= untilOpened(this.#directory).finally(() => {
      this.#opened = undefined;
    });
    return this.#opened;
  }

  async #write(
    database: Database<Buffer, StoreKey>,
    { puts, removes }: TableChanges,
  ): Promise<void> {
    if (isOpening(this.#directory)) await this.#untilOpened();
    if (this.#failure !== undefined) throw this.#failure;
    const pages = (puts.length + removes.length) * pageBytes;
    const takenBytes = puts.reduce((sum, { value }) => sum + value.byteLength, pages);
    if (this.#freeBytes() < takenBytes) throw this.#noRoom();
    this.#unwrittenBytes += takenBytes;
    // Whether all of it was written, the batch says.
    const ignore = (): undefined => undefined;
    try {
      await database.batch(() => {
        for (const { key, value } of puts) database.put(key, bufferOf(value)).catch(ignore);
        for (const key of removes) database.remove(key).catch(ignore);
      });
    } catch (error) {
      throw await this.#failed(error);
    } finally {
      this.#unwrittenBytes -= takenBytes;
    }
  }

  /** Gives what a commit that the disk refused is answered with, from now on. */
  async #failed(error: unknown): Promise<MeshError> {
    const cause = await causeOfCommit(error);
    // A write that stops in the middle because the disk is full comes as EIO.
    const isFull = isDiskFull(cause) || this.#freeBytes() < 0;
    this.#failure = isFull ? diskFull(this.#directory, cause) : storeError(this.#directory, cause);
    return this.#failure;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#root.close();
  }

  /** Asks the disk before LMDB does: a write that the disk refuses leaves LMDB's memory damaged. */
  #freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.#directory);
    return bavail * bsize - this.#unwrittenBytes - this.#spareBytes;
  }

  #take(bytes: number): void {
    assert(this.#roomBytes !== undefined, 'tables change inside commit only');
    // A change copies the page that it falls on, at worst one that no other change falls on.
    this.#roomBytes -= bytes + pageBytes;
    if (this.#roomBytes < 0) throw this.#noRoom();
  }

  #noRoom(): MeshError {
    const spare = `${this.#spareBytes} bytes that must stay free`;
    return diskFull(this.#directory, new Error(`its disk has no room beside the ${spare}`));
  }
}

/** Gives the bytes of the pages of a table, out of what LMDB says of it. */
export function tableBytes(stats: object): number {
  const fields: Readonly<Record<string, unknown>> = { ...stats };
  const at = (name: string) => Number(fields[name] ?? 0);
  const pages = at('treeBranchPageCount') + at('treeLeafPageCount') + at('overflowPages');
  return pages * at('pageSize');
}

function rangeOptions({ start, end, limit, isReverse }: StoreRange): RangeOptions {
  const bounds = isReverse ? { start: end, end: start } : { start, end };
  const options: RangeOptions = {};
  if (bounds.start !== undefined) options.start = bounds.start;
  if (bounds.end !== undefined) options.end = bounds.end;
  if (limit !== undefined) options.limit = limit;
  return isReverse
    ? Object.assign(options, { reverse: true, exclusiveStart: true, inclusiveEnd: true })
    : options;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** First word after the header of LMDB's first page. @source lmdb.h, MDB_MAGIC */
const magic = 0xbeefc0de;
const magicOffset = 24;

/** LMDB maps whatever it finds and then crashes the process, so a file that can't be a store is refused before. @throws {Error} */
export function checkMagic(path: string): void {
  const head = Buffer.alloc(magicOffset + 4);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return; // a new store
  }
  try {
    const length = readSync(file, head, 0, head.length, 0);
    if (length > 0 && head.readUInt32LE(magicOffset) !== magic) {
      throw new Error('data.mdb does not begin as a store does');
    }
  } finally {
    closeSync(file);
  }
}
