import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readyLine } from '../../services/cli/commands/up.ts';
import { type MeshRecord, readMeshRecord } from '../../services/cli/mesh-record.ts';
import { packageRoot } from '../../services/shared/platform/grpc/load-proto.ts';

/** The flights mesh without a control cohort, run for a benchmark on free ports: on virtual time, without traffic of its own. */
export class BenchMesh implements AsyncDisposable {
  readonly #data: string;
  readonly #child: ChildProcess;
  #tail: readonly string[] = [];

  private constructor(data: string, child: ChildProcess) {
    this.#data = data;
    this.#child = child;
  }

  /** Starts it and resolves when it serves: minutes on an empty data directory, seconds on one that was used before. */
  static async start(
    data: string,
    show: (text: string) => void,
    signal: AbortSignal,
  ): Promise<BenchMesh> {
    const launcher = join(packageRoot, 'services/cli/mlmesh.js');
    const mesh = join(packageRoot, 'loadtest/load/whole-flights');
    const child = spawn(
      process.execPath,
      [launcher, 'up', mesh, '--no-traffic', '--port-base', '0', '--data', data],
      // In a group of its own: Ctrl-C reaches this process alone, which ends the mesh in order, once.
      { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
    );
    const running = new BenchMesh(data, child);
    try {
      await running.#untilReady(show, signal);
    } catch (error) {
      await running[Symbol.asyncDispose]();
      throw error;
    }
    return running;
  }

  get record(): MeshRecord & { readonly addresses: NonNullable<MeshRecord['addresses']> } {
    const record = readMeshRecord(this.#data);
    if (record?.addresses === undefined) {
      throw new Error(`no mesh runs in ${this.#data} any more`);
    }
    return { ...record, addresses: record.addresses };
  }

  /** The last lines that it wrote. */
  get tail(): string {
    return this.#tail.join('\n');
  }

  /** Drains it, and resolves when it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await gone;
  }

  #untilReady(show: (text: string) => void, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      let isReady = false;
      let rest = '';
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      this.#child.once('error', reject);
      this.#child.once('exit', (code) => reject(new Error(`the mesh ended with status ${code}`)));
      this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        const lines = `${rest}${text}`.split('\n');
        rest = lines.pop() ?? '';
        this.#tail = [...this.#tail, ...lines].slice(-tailLines);
        if (isReady) return;
        show(lines.map((line) => `${line}\n`).join(''));
        isReady = lines.includes(readyLine);
        if (isReady) resolve();
      });
    });
  }
}

const tailLines = 20;
