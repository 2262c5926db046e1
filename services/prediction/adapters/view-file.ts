import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ListedVersions } from '../../shared/platform/grpc/version-pages.ts';

/** Versions that an alias points to, and the aliases. */
export type KnownList = Pick<ListedVersions, 'versions' | 'aliases'>;

/** What the registry said last, in a file. */
export interface ViewFile {
  /** Gives undefined where there is none, or none that can be read: the registry then says it again. */
  read(): Promise<KnownList | undefined>;
  /** Replaces the file as a whole. */
  write(list: KnownList): Promise<void>;
}

/** Gives the file at a path; its folder is made where it is missing. */
export function openViewFile(path: string): ViewFile {
  return {
    async read() {
      try {
        const value: unknown = JSON.parse(await readFile(path, 'utf8'));
        // Written by this class alone, and renamed into place only when it was complete.
        return isList(value) ? value : undefined;
      } catch {
        return undefined;
      }
    },
    async write(list) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.new`, JSON.stringify(list));
      await rename(`${path}.new`, path);
    },
  };
}

function isList(value: unknown): value is KnownList {
  return (
    typeof value === 'object' &&
    value !== null &&
    'versions' in value &&
    Array.isArray(value.versions) &&
    'aliases' in value &&
    Array.isArray(value.aliases)
  );
}
