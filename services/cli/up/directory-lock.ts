import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  isAlive,
  ownIdentity,
  type ProcessIdentity,
} from '../../shared/platform/process/process-identity.ts';

/** Who holds a folder, or that we hold it now. */
export type LockResult =
  | { readonly kind: 'locked'; readonly release: () => void }
  | { readonly kind: 'held'; readonly owner: ProcessIdentity };

/**
 * Takes the lock of a folder for this process. The lock of a process that is gone, even one that was killed and whose pid was
 * given away since, is recognised and replaced.
 */
export function lockDirectory(folder: string): LockResult {
  const path = join(folder, 'lock');
  const own = ownIdentity();
  const text = JSON.stringify(own);
  // A second attempt follows the removal of a stale lock; whoever loses that race finds a living owner.
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    if (createWhole(path, text)) return { kind: 'locked', release: () => release(path, text) };
    const found = readLock(path);
    if (found === undefined) continue;
    const owner = parseOwner(found);
    if (owner !== undefined && isAlive(owner)) return { kind: 'held', owner };
    removeStale(path, found);
  }
  const owner = parseOwner(readLock(path) ?? '') ?? { pid: 0, startTicks: undefined };
  return { kind: 'held', owner };
}

/** Creates the file with its text in one step; gives false when it is there already. */
function createWhole(path: string, text: string): boolean {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Moves a stale lock away; when another process replaced it in between, that one's lock is put back. */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return; // another process was faster
  }
  if (readLock(aside) !== stale) {
    try {
      linkSync(aside, path);
    } catch {
      // a third process holds it by now: the next attempt sees that
    }
  }
  rmSync(aside, { force: true });
}

function release(path: string, text: string): void {
  if (readLock(path) === text) rmSync(path, { force: true });
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parseOwner(text: string): ProcessIdentity | undefined {
  try {
    const value = JSON.parse(text) as Partial<Record<keyof ProcessIdentity, unknown>>;
    const { pid, startTicks } = value;
    if (typeof pid !== 'number') return undefined;
    return { pid, startTicks: typeof startTicks === 'string' ? startTicks : undefined };
  } catch {
    return undefined; // not a lock that we wrote: nobody holds it
  }
}
