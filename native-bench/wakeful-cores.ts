import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

// The lowest priority: whoever else wants the core has it at once, and nearly all of its time.
const spin = `require('node:os').setPriority(19); process.stdout.write('.'); for (;;);`;

/**
 * Keeps each core busy with work that yields to all other, so that none sleeps. To wake a core of a virtual machine takes tens of microseconds, which is what the
 * host does and no part of what is measured.
 */
export class WakefulCores implements Disposable {
  readonly #spinners: readonly ChildProcess[];

  constructor() {
    this.#spinners = Array.from({ length: availableParallelism() }, () =>
      spawn(process.execPath, ['-e', spin], { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
  }

  /** Waits until all of them spin. */
  async spinning(): Promise<void> {
    await Promise.all(
      this.#spinners.map(({ stdout }) => (stdout === null ? undefined : once(stdout, 'data'))),
    );
  }

  [Symbol.dispose](): void {
    for (const spinner of this.#spinners) spinner.kill('SIGKILL');
  }
}
