import { readFileSync } from 'node:fs';

/** What a process has resident, in MiB. */
export interface ProcessMemory {
  /** Pages that are the process's own: heaps of all kinds, stacks. Only the end of the process or what frees them gives them back. */
  readonly anonymousMib: number;
  /** Pages of files that are mapped: programs, libraries and the files of LMDB. The kernel takes those back when it needs room. */
  readonly fileMib: number;
}

/** Gives the memory that a process has resident; undefined where /proc has none. @source proc_pid_status(5): RssAnon, RssShmem and RssFile, in kB of 1,024 bytes */
export function memoryOf(pid: number): ProcessMemory | undefined {
  try {
    return parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return undefined;
  }
}

function parseStatus(status: string): ProcessMemory {
  const mib = (name: string) => {
    const [, kib = '0'] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
    return Number(kib) / 1_024;
  };
  return { anonymousMib: mib('RssAnon') + mib('RssShmem'), fileMib: mib('RssFile') };
}
