import { closeSync, fsyncSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { storeError } from './store-error.ts';
import { openBesideWriter } from './store-opening.ts';

/** Name of the file in which a store has its data; a folder that holds one is a store. */
export const storeFileName = 'data.mdb';

/** Name of the file by which processes share a store; it means nothing in a copy. */
export const storeLockName = `${storeFileName}-lock`;

/**
 * Copies an embedded store as it was at one moment, while another process may write to it: what that commits meanwhile is not in the copy. The copy is
 * on disk when this resolves.
 * @throws {MeshError} DATA_LOSS / STATE_CORRUPT; RESOURCE_EXHAUSTED / DISK_FULL
 */
export async function copyStore(directory: string, target: string): Promise<void> {
  mkdirSync(target, { recursive: true });
  const copy = join(target, storeFileName);
  try {
    const root = await openBesideWriter(directory, () =>
      open({ path: join(directory, storeFileName), readOnly: true, encoding: 'binary' }),
    );
    try {
      await root.backup(copy, false);
    } finally {
      await root.close();
    }
    const file = openSync(copy, 'r+');
    fsyncSync(file);
    closeSync(file);
  } catch (error) {
    throw storeError(directory, error);
  }
  rmSync(join(target, storeLockName), { force: true });
}
