import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process that can be told from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start of the process in clock ticks since boot; undefined where the system does not say. */
  readonly startTicks: string | undefined;
}

/** Gives the identity of this process. */
export function ownIdentity(): ProcessIdentity {
  return identityOf(process.pid);
}

/** Gives the identity of whoever has a pid now. */
export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTicks: startTicksOf(pid) };
}

/**
 * Names the space within which a pid means this process: the machine, and on Linux the namespace of its pids, which a container has of its own. Letters, digits,
 * dashes and underscores.
 */
export function pidSpace(): string {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // a system without namespaces
  }
  return `${hostname().slice(0, 64)}_${namespace}`.replace(/[^A-Za-z0-9_-]/g, '-');
}

/** Says whether the very process that was recorded still runs; a zombie does not. */
export function isAlive(recorded: ProcessIdentity): boolean {
  try {
    process.kill(recorded.pid, 0);
  } catch (error) {
    // EPERM: somebody else's process has the pid, so it exists.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const now = statOf(recorded.pid);
  if (now === undefined) return recorded.startTicks === undefined;
  return (
    now.state !== 'Z' &&
    (recorded.startTicks === undefined || recorded.startTicks === now.startTicks)
  );
}

function startTicksOf(pid: number): string | undefined {
  return statOf(pid)?.startTicks;
}

/** @source https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: state is field 3, starttime field 22 */
function statOf(pid: number): { readonly state: string; readonly startTicks: string } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined; // no such process, or a system without /proc
  }
  // The name in field 2 may hold blanks and brackets; the fields after its last bracket do not.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const startTicks = fields[19];
  return state === undefined || startTicks === undefined ? undefined : { state, startTicks };
}
