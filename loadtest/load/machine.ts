import { cpus, totalmem } from 'node:os';

/** Says what a benchmark runs on: processors, memory and system. */
export function machine(): string {
  const all = cpus();
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  return `${all.length} x ${all[0]?.model ?? 'unknown CPU'}, ${memoryGib} GiB, ${process.platform} ${process.arch}`;
}
