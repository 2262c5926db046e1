import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { MeshError, messageOf } from '../../kernel/mesh-error.ts';

/** A command to run to its end. */
export interface CommandPlan {
  readonly command: readonly string[];
  readonly folder: string;
  /** All that it writes goes there. */
  readonly logPath: string;
  readonly timeoutMs: number;
}

/**
 * Runs a command in a process group of its own; when it takes too long or `signal` aborts, the whole group is killed.
 * @throws {MeshError} FAILED_PRECONDITION / TRAINING_FAILED when it can't be started, fails or takes too long, with the end of what it wrote
 * @throws the reason of `signal` when it aborts
 */
export async function runCommand(plan: CommandPlan, signal: AbortSignal): Promise<void> {
  const { command, folder, logPath, timeoutMs } = plan;
  const [program = '', ...args] = command;
  const shown = command.join(' ');
  const timeout = AbortSignal.timeout(timeoutMs);
  const log = openSync(logPath, 'a');
  const child = spawn(program, args, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
    // Sets and dictionaries in one order, and no files beside those that were copied.
    env: { ...process.env, PYTHONHASHSEED: '0', PYTHONDONTWRITEBYTECODE: '1' },
  });
  closeSync(log);
  const end = (): void => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  const either = AbortSignal.any([signal, timeout]);
  either.addEventListener('abort', end, { once: true });
  try {
    if (either.aborted) end();
    const how = await new Promise<string | undefined>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, name) =>
        resolve(status === 0 ? undefined : (name ?? `exit status ${status}`)),
      );
    }).catch((error: unknown) => {
      throw failed(`wanted to run \`${shown}\`: ${messageOf(error)}`, error);
    });
    signal.throwIfAborted();
    if (timeout.aborted) {
      throw failed(
        `wanted \`${shown}\` to end within ${timeoutMs} ms, it did not and was killed; it wrote: ${await tailOf(logPath)}`,
      );
    }
    if (how !== undefined) {
      throw failed(`\`${shown}\` ended with ${how}; it wrote: ${await tailOf(logPath)}`);
    }
  } finally {
    either.removeEventListener('abort', end);
    // What it started and left behind must not go on with files that are gone.
    end();
  }
}

/** A group that is gone is what is wanted. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

// 2,000: a Python traceback and the lines before it.
const tailBytes = 2_000;

/** Gives the end of what a command wrote. */
async function tailOf(path: string): Promise<string> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const length = Math.min(size, tailBytes);
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString('utf8').trim() || 'nothing';
}

function failed(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: 'FAILED_PRECONDITION', reason: 'TRAINING_FAILED', message, cause });
}
