import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RequestFile, ServableName } from '../ports.ts';

interface Write {
  names: readonly ServableName[];
  readonly done: Promise<void>;
}

/** Gives the file at a path; its folder is made where it is missing. One write runs at a time; those that wait for it are one, the latest. */
export function openRequestFile(path: string): RequestFile {
  // A process that is being replaced may write beside its successor.
  const unfinished = `${path}.${randomUUID()}.new`;
  let running: Promise<void> = Promise.resolve();
  let waiting: Write | undefined;
  return {
    async read() {
      try {
        const value: unknown = JSON.parse(await readFile(path, 'utf8'));
        return Array.isArray(value) ? value.filter(isName) : [];
      } catch {
        // There is none before the first request, and one that can't be read is asked for again by whoever needs it.
        return [];
      }
    },
    write(names) {
      if (waiting !== undefined) {
        waiting.names = names;
        return waiting.done;
      }
      const begin = () => {
        waiting = undefined;
        return replace(path, unfinished, write.names);
      };
      // Whoever asked for the write before hears what it failed with.
      const write: Write = { names, done: running.then(begin, begin) };
      waiting = write;
      running = write.done;
      return write.done;
    },
  };
}

async function replace(
  path: string,
  unfinished: string,
  names: readonly ServableName[],
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(unfinished, JSON.stringify(names));
  await rename(unfinished, path);
}

function isName(value: unknown): value is ServableName {
  return (
    typeof value === 'object' &&
    value !== null &&
    'model' in value &&
    typeof value.model === 'string' &&
    'version' in value &&
    Number.isSafeInteger(value.version)
  );
}
