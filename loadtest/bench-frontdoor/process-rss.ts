import { readFileSync } from 'node:fs';

/** Gives the memory that a process has resident, in MiB; undefined where /proc has none. @source proc_pid_status(5): VmRSS, in kB of 1,024 bytes */
export function residentMib(pid: number): number | undefined {
  try {
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kib === undefined ? undefined : Number(kib) / 1_024;
  } catch {
    return undefined;
  }
}
