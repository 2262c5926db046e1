import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Yields to whoever answers callers, without starving: nice 10 gets about a tenth of a contended core. */
const background = 10;

/**
 * Lets this whole process, or the calling thread alone, run behind the others of the machine. For work that nobody waits for. What can't be
 * lowered (no Linux, no permission) runs on as it is. Threads that are started later by a lowered thread start as low.
 */
export function lowerPriority(what: 'process' | 'thread'): void {
  try {
    setPriority(what === 'process' ? process.pid : kernelThreadId(), background);
  } catch {
    // It is a courtesy; without it everything is right and a little later.
  }
}

/** Linux takes the id of a thread where it takes that of a process; the link names the thread that reads it. */
function kernelThreadId(): number {
  return Number(readlinkSync('/proc/thread-self').split('/').at(-1));
}
