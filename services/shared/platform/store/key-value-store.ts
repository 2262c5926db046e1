import { closeSync, mkdirSync, openSync, readSync } from 'node:fs';
import { open, type Database, type RootDatabase } from 'lmdb';
import { MeshError, messageOf } from '../../kernel/mesh-error.ts';

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
  count(): number;
  /** Inside {@link KeyValueStore.commit} only. */
  put(key: StoreKey, value: Uint8Array): void;
  /** Inside {@link KeyValueStore.commit} only. */
  remove(key: StoreKey): void;
}

/** How a store is opened. */
export interface StoreOptions {
  /** Folder, made when it is missing. */
  readonly directory: string;
  /** Largest size on disk; address space only, nothing is allocated ahead. Default 64 GiB. */
  readonly bytesMax?: number;
  readonly tablesMax?: number;
}

const bytesDefault = 64 * 1024 ** 3;

/**
 * An embedded, transactional store in one folder. One process writes; what a commit wrote is on disk (fsync) when the commit resolves, all
 * of it or nothing, whatever happens to the process or the machine.
 */
export class KeyValueStore implements AsyncDisposable {
  readonly #root: RootDatabase<Buffer, StoreKey>;
  readonly #directory: string;

  private constructor(root: RootDatabase<Buffer, StoreKey>, directory: string) {
    this.#root = root;
    this.#directory = directory;
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
        maxDbs: options.tablesMax ?? 16,
        mapSize: options.bytesMax ?? bytesDefault,
      });
      return new KeyValueStore(root, directory);
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
        const { start, end, limit, isReverse } = range;
        const bounds = isReverse ? { start: end, end: start } : { start, end };
        const options = {
          ...(bounds.start === undefined ? {} : { start: bounds.start }),
          ...(bounds.end === undefined ? {} : { end: bounds.end }),
          ...(limit === undefined ? {} : { limit }),
          ...(isReverse ? { reverse: true, exclusiveStart: true, inclusiveEnd: true } : {}),
        };
        for (const { key, value } of database.getRange(options)) yield { key, value };
      },
      count: () => database.getCount(),
      put: (key, value) => void database.put(key, bufferOf(value)),
      remove: (key) => void database.remove(key),
    };
  }

  /**
   * Runs `write` in one transaction and resolves with what it gave once everything is durable. Commits that are asked for while another is being
   * written share one fsync. `write` is synchronous; when it throws, nothing is written.
   * @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL, or what `write` threw
   */
  async commit<T>(write: () => T): Promise<T> {
    let thrown: { readonly error: unknown } | undefined;
    try {
      const result = await this.#root.childTransaction(() => {
        try {
          return { value: write() };
        } catch (error) {
          thrown = { error };
          throw error;
        }
      });
      await this.#root.flushed;
      return result.value;
    } catch (error) {
      throw thrown === undefined ? storeError(this.#directory, error) : thrown.error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#root.close();
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** First word after the header of LMDB's first page. @source lmdb.h, MDB_MAGIC */
const magic = 0xbeefc0de;
const magicOffset = 24;

/** LMDB maps whatever it finds and then crashes the process, so a file that can't be a store is refused before. */
function checkMagic(path: string): void {
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

function storeError(directory: string, cause: unknown): MeshError {
  const text = messageOf(cause);
  // LMDB has no code for a full disk in its message; ENOSPC and MDB_MAP_FULL come as these texts, from the library's own table.
  if (/No space left|MDB_MAP_FULL|ENOSPC/.test(text)) {
    return new MeshError({
      code: 'RESOURCE_EXHAUSTED',
      reason: 'DISK_FULL',
      message: `wanted to write to ${directory}, but the disk is full; nothing was changed: make room and try again`,
      cause,
    });
  }
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'STATE_CORRUPT',
    message: `wanted a store in ${directory}, got: ${text}; restore the folder from a backup or remove it`,
    cause,
  });
}
