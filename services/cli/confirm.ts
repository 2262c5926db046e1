import { createInterface } from 'node:readline/promises';
import { UsageError } from './exit-code.ts';
import type { Output } from './output.ts';

/**
 * Asks on the terminal whether to go on; gives whether the answer was yes.
 * @throws {UsageError} where nobody can be asked: `instead` says what to do then
 */
export async function confirm(
  { output, signal }: { readonly output: Output; readonly signal: AbortSignal },
  question: string,
  instead: string,
): Promise<boolean> {
  if (!process.stdin.isTTY || !output.isTerminal) {
    throw new UsageError(
      `this wants to be confirmed, and there is no terminal to ask on; ${instead}`,
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
