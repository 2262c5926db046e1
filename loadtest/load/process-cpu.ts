import { readFileSync } from 'node:fs';

// Linux counts in USER_HZ, which is 100 on every architecture that Node runs on.
const tickMs = 10;

/** Gives the CPU time, user and system, of all threads of a process since its start, in ms; undefined where /proc has none. */
export function processCpuMs(pid: number): number | undefined {
  try {
    return parseCpuMs(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Reads the CPU time out of a line of /proc/<pid>/stat.
 * @source proc_pid_stat(5): utime is field 14, stime field 15; the name in field 2 may hold spaces and parentheses.
 */
export function parseCpuMs(stat: string): number | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks * tickMs : undefined;
}
