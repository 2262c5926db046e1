import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { storeFileName, storeLockName } from './copy-store.ts';
import { checkMagic, tableBytes } from './key-value-store.ts';
import { storeError } from './store-error.ts';

/** What a compaction has found, and done. */
export interface Compaction {
  /** Bytes of the file before. */
  readonly fileBytes: number;
  /** Bytes of it that held something. */
  readonly usedBytes: number;
  readonly isCompacted: boolean;
}

// 64 MiB: less is not worth a start that takes longer.
const freeBytesMinDefault = 64 * 1024 ** 2;
/** What must be free on the disk beside the copy: as a commit leaves it. */
const spareBytes = 32 * 1024 ** 2;
const copyName = `${storeFileName}.tmp`;

/**
 * Writes the file of a store anew where more than half of it is empty, and that is at least `freeBytesMin`: LMDB uses the pages again that a log has let go of, but gives none
 * back to the disk. Call it before the store is opened. Processes that read it meanwhile, such as a backup, go on with the file of before. A process that is killed
 * leaves the one file or the other, whole. Undefined where there is no store. Where the disk has no room for the copy, nothing is done.
 * @throws {MeshError} DATA_LOSS / STATE_CORRUPT; RESOURCE_EXHAUSTED / DISK_FULL
 */
export async function compactStore(
  directory: string,
  freeBytesMin: number = freeBytesMinDefault,
): Promise<Compaction | undefined> {
  const path = join(directory, storeFileName);
  const copy = join(directory, copyName);
  rmSync(copy, { force: true }); // of a process that was killed
  if (!existsSync(path)) return undefined;
  try {
    checkMagic(path);
    const found = await copyIfWorth(path, { copy, directory, freeBytesMin });
    if (found.isCompacted) putInPlace(directory);
    return found;
  } catch (error) {
    rmSync(copy, { force: true });
    throw storeError(directory, error);
  }
}

interface Wanted {
  readonly copy: string;
  readonly directory: string;
  readonly freeBytesMin: number;
}

async function copyIfWorth(path: string, wanted: Wanted): Promise<Compaction> {
  const { copy, directory, freeBytesMin } = wanted;
  const root = open({ path, readOnly: true, encoding: 'binary', maxDbs: 64 });
  try {
    const { fileBytes, usedBytes } = sizesOf(root);
    const freeBytes = fileBytes - usedBytes;
    const { bavail, bsize } = statfsSync(directory);
    const hasRoom = bavail * bsize > usedBytes + spareBytes;
    const isCompacted = freeBytes >= freeBytesMin && freeBytes > usedBytes && hasRoom;
    if (isCompacted) {
      await root.backup(copy, true);
      flush(copy);
    }
    return { fileBytes, usedBytes, isCompacted };
  } finally {
    await root.close();
  }
}

/** The lock goes first: a new file must not be opened with the reader table of the old one. */
function putInPlace(directory: string): void {
  rmSync(join(directory, storeLockName), { force: true });
  renameSync(join(directory, copyName), join(directory, storeFileName));
  flush(directory);
}

function flush(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}

/** Adds up the pages of all tables. The names of tables are the keys of the root. */
function sizesOf(root: ReturnType<typeof open>): { fileBytes: number; usedBytes: number } {
  const stats: Readonly<Record<string, unknown>> = { ...root.getStats() };
  const pageBytes = Number(stats['pageSize']);
  let usedBytes = tableBytes(stats);
  // All names first: a table that is opened ends the transaction that they are read in.
  for (const name of [...root.getKeys()]) {
    const table = root.openDB({ name: String(name), encoding: 'binary' });
    usedBytes += tableBytes(table.getStats());
  }
  return { fileBytes: (Number(stats['lastPageNumber']) + 1) * pageBytes, usedBytes };
}
