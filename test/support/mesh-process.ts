import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { readyLine } from '../../services/cli/commands/up.ts';
import { type MeshRecord, readMeshRecord } from '../../services/cli/mesh-record.ts';
import { eventually } from './eventually.ts';
import { leaveNothingBehind } from './leave-nothing-behind.ts';

const launcher = resolve('services/cli/mlmesh.js');

/** What a run of the command left behind. */
export interface CommandRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one `mlmesh` command to its end. */
export function mlmesh(...args: readonly string[]): CommandRun {
  return spawnSync(process.execPath, [launcher, ...args], { encoding: 'utf8', timeout: 60_000 });
}

/** Runs one `mlmesh` command while this process goes on. */
export async function mlmeshBeside(...args: readonly string[]): Promise<CommandRun> {
  const child = spawn(process.execPath, [launcher, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = [child.stdout, child.stderr].map((stream) => stream.setEncoding('utf8').toArray());
  const [stdout = [], stderr = []] = await Promise.all(texts);
  if (child.exitCode === null) await once(child, 'exit');
  return { status: child.exitCode, stdout: stdout.join(''), stderr: stderr.join('') };
}

/** A `mlmesh up` under way. */
export class MeshProcess {
  readonly child: ChildProcess;
  readonly data: string;
  #text = '';

  constructor(data: string, args: readonly string[]) {
    this.data = data;
    // A console is a process more that hardly any test looks at.
    const console = args.includes('--console') ? [] : ['--no-console'];
    this.child = spawn(process.execPath, [launcher, 'up', ...args, ...console, '--data', data], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    leaveNothingBehind(this.child);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#text += text;
      });
    }
  }

  /** All that it has written so far. */
  get text(): string {
    return this.#text;
  }

  /** What it says about itself. */
  record(): MeshRecord | undefined {
    return readMeshRecord(this.data);
  }

  /** Pid of a replica of one of its services, now. */
  pidOf(service: string, replica = 1): number | undefined {
    return this.record()?.processes.find(
      (running) => running.service === service && running.replica === replica,
    )?.pid;
  }

  /** Resolves when every service answers that it is well. */
  async untilWell(withinMs = 60_000): Promise<void> {
    await eventually(
      `the mesh in ${this.data} is well`,
      () => {
        if (this.child.exitCode !== null) throw new Error(`it ended:\n${this.#text}`);
        const { addresses, processes } = this.record() ?? {};
        const wanted = Object.values(addresses ?? {}).flat().length;
        const running = processes?.filter(({ service }) => service !== 'console').length;
        // Asked of a mesh that has just begun, the command takes the processors that the services need to start.
        const isUp = this.#text.includes(readyLine);
        return isUp && wanted > 0 && running === wanted && this.status().status === 0;
      },
      withinMs,
    );
  }

  status(): CommandRun {
    return mlmesh('status', '--data', this.data);
  }

  /** Sends a signal and resolves with the exit status when it is gone; null when the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, 'exit');
      this.child.kill(signal);
      await gone;
    }
    return this.child.exitCode;
  }

  /** Whether its folder still says that somebody holds it. */
  lockPath(): string {
    return join(this.data, 'lock');
  }
}
