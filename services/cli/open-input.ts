import { createReadStream, statSync } from 'node:fs';
import { UsageError } from './exit-code.ts';

/** A file or a pipe to read. */
export interface Input {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Undefined where nobody knows. */
  readonly bytesMax: number | undefined;
}

/** Bytes of a file that are read at once: a few thousand events, which is what a batch may hold. */
const pieceBytes = 524_288;

/**
 * Opens a file of one thing a line, or standard input for `-` and for no file.
 * @param what what a line holds, such as `event`
 * @throws {UsageError} when there is no such file, or standard input is a terminal
 */
export function openInput(file: string | undefined, what: string, signal: AbortSignal): Input {
  if (file !== undefined && file !== '-') {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined || stat.isDirectory()) {
      throw new UsageError(`wanted a file with one ${what} a line, found none at ${file}`);
    }
    const bytes = createReadStream(file, { highWaterMark: pieceBytes, signal });
    return { bytes, bytesMax: stat.isFile() ? stat.size : undefined };
  }
  if (file === undefined && process.stdin.isTTY) {
    throw new UsageError(`wanted a file with one ${what} a line, or ${what}s on standard input`);
  }
  signal.addEventListener('abort', () => process.stdin.destroy(), { once: true });
  return { bytes: process.stdin, bytesMax: undefined };
}
