import { readFileSync } from 'node:fs';

/** Gives the most memory that a process ever had resident, in MiB; undefined where /proc has none. */
export function peakMemoryMib(pid: number): number | undefined {
  try {
    return parsePeakMib(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Reads it out of /proc/<pid>/status. @source proc_pid_status(5): VmHWM, peak resident set size, in kB of 1,024 bytes. */
export function parsePeakMib(status: string): number | undefined {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return kib === undefined ? undefined : Number(kib) / 1_024;
}
