import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import type { DeliveryFigures } from './delivery.ts';

/** What the process that measures has found. */
export interface RegistryFigures extends DeliveryFigures {
  /** A page of 100 versions, encoded as it is sent. */
  readonly list_p99_ms: number;
  readonly get_p99_ms: number;
  /** From a watcher's first question to the first event that it had not seen. */
  readonly watch_p99_ms: number;
  readonly startup_s: number;
  /** Start without a snapshot: every event read and its hash checked. */
  readonly startup_whole_log_s: number;
}

/** Most that each figure may be: a page, a version and a watcher under 5 ms, a start under 3 s. */
const bars: Readonly<Partial<Record<keyof RegistryFigures, number>>> = {
  list_p99_ms: 5,
  get_p99_ms: 5,
  watch_p99_ms: 5,
  startup_s: 3,
};

interface Arguments {
  readonly json?: true;
  readonly models: number;
  readonly versions: number;
}

const command = new Command('bench:registry')
  .description('measure a registry with many models in process: pages, versions, watchers, start')
  .option('--json', 'one line of JSON last')
  .option('--models <count>', 'models', parseCount, 10_000)
  .option('--versions <count>', 'versions of each model', parseCount, 10)
  .action(bench);
await command.parseAsync();

async function bench({ json, models, versions }: Arguments): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mlmesh-bench-registry-'));
  const size = [folder, String(models), String(versions)];
  try {
    process.stderr.write(`fill with ${models} models of ${versions} versions\n`);
    await run('fill', size);
    process.stderr.write('start on the whole log\n');
    const whole = await run('start', size);
    process.stderr.write('start on the snapshot, then list, get and watch\n');
    const measured = await run('measure', size);
    const figures: Readonly<Record<string, number>> = {
      ...measured,
      startup_whole_log_s: whole['startup_s'] ?? 0,
    };
    const facts = { models, versions, node: process.version, cores: availableParallelism() };
    process.stdout.write(`${lines(figures)}\n`);
    if (json) process.stdout.write(`${JSON.stringify({ ...figures, ...facts })}\n`);
    if (Object.entries(bars).some(([name, most]) => (figures[name] ?? most) > most)) {
      process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs one part in a process of its own, so that no part warms the next. */
async function run(
  part: string,
  args: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  const child = fork(fileURLToPath(new URL('./registry-process.js', import.meta.url)), [
    part,
    ...args,
  ]);
  let told: Readonly<Record<string, number>> = {};
  child.on('message', (message) => {
    told = message as Readonly<Record<string, number>>;
  });
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error(`the part '${part}' ended with status ${String(status)}`);
  return told;
}

function lines(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name.padEnd(22)}${value.toFixed(3)}`)
    .join('\n');
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('wanted a whole number of 1 or more.');
}
