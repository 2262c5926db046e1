import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** How a script ended. */
export interface ScriptEnd {
  /** Lines that it had written whole. */
  readonly lines: readonly string[];
  readonly isKilled: boolean;
  /** How long it ran after its first line. */
  readonly ranMs: number;
}

/**
 * Runs a script, as a module of a process of its own, which writes a line when it begins what may be interrupted; `kill -9` ends it so long after that line. It
 * runs to its end where no time is named.
 * @throws {Error} when it fails by itself
 */
export async function runKilled(script: string, afterMs?: number): Promise<ScriptEnd> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  const gone = once(child, 'close');
  const begun = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
      resolve();
    });
  });
  await Promise.race([begun, gone]);
  const startedMs = performance.now();
  if (afterMs !== undefined) {
    await Promise.race([delay(afterMs), gone]);
    child.kill('SIGKILL');
  }
  await gone;
  const isKilled = child.signalCode === 'SIGKILL';
  if (!isKilled && child.exitCode !== 0) throw new Error(errors);
  const lines = text.split('\n').slice(0, -1);
  return { lines, isKilled, ranMs: performance.now() - startedMs };
}
