import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { durationMs } from '../../kernel/units.ts';
import { systemClock } from '../process/system-clock.ts';

/*
 * LMDB reads which commit of a store is the newest when it opens that, and tells all processes that share the store a moment later. What another process has committed in that moment is
 * overwritten by its next commit (mdb_env_open2 in LMDB's master3, which lmdb builds on, sets mti_txnid so; seen as one lost commit in some hundreds of openings beside a writer that does
 * nothing else). So whoever opens a store that another process may write to lets that pause: a file in the folder says so.
 */

const name = 'opening';
/** A commit that was begun has told by then which one it is; what takes longer is its way to the disk. */
const settleMs = durationMs(300);
/** Who made the file opens the store within this, or is gone. */
const pauseMsMax = 2_000;
const lookMs = durationMs(5);

/** Runs `open` while the process that writes to the store of a folder, if any, begins no commit. */
export async function openBesideWriter<T>(directory: string, open: () => T): Promise<T> {
  const path = join(directory, name);
  if (!tryWrite(path)) return open();
  try {
    await systemClock.sleep(settleMs, neverAborted());
    return open();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Whether somebody opens the store of a folder, so that no commit may begin. */
export function isOpening(directory: string): boolean {
  return existsSync(join(directory, name));
}

/** Resolves when nobody opens the store any more; who takes too long is not waited for. */
export async function untilOpened(directory: string): Promise<void> {
  const startedMs = systemClock.monotonic();
  while (isOpening(directory)) {
    if (systemClock.monotonic() - startedMs > pauseMsMax)
      rmSync(join(directory, name), { force: true });
    await systemClock.sleep(lookMs, neverAborted());
  }
}

/** LMDB tells nobody anything where it may not write, and then nothing has to pause. */
function tryWrite(path: string): boolean {
  try {
    writeFileSync(path, '');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && isForbidden(error.code)) return false;
    throw error;
  }
}

function isForbidden(code: unknown): boolean {
  return code === 'EACCES' || code === 'EROFS' || code === 'EPERM';
}

const neverAborted = (): AbortSignal => new AbortController().signal;
