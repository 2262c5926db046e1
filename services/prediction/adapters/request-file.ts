import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RequestFile, ServableName } from '../ports.ts';

/** Gives the file at a path; its folder is made where it is missing. */
export function openRequestFile(path: string): RequestFile {
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
    async write(names) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.new`, JSON.stringify(names));
      await rename(`${path}.new`, path);
    },
  };
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
