import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { storeFileName } from '../../shared/platform/store/copy-store.ts';

/** Something of a data directory that is backed up: an embedded store as a whole, or a file. */
export interface BackupItem {
  readonly kind: 'store' | 'file';
  /** Relative to the data directory: the folder of the store, or the file. */
  readonly path: string;
  readonly bytes: number;
}

/**
 * What is not backed up, since it is made again: caches of other services' data, logs, what is under way, and what belongs to processes that run.
 * The record of a mesh is written anew when it is restored.
 */
const leftOut: readonly RegExp[] = [
  /^(logs|lock|mesh\.json)(\/|$)/,
  /^registry\/(snapshot|artifacts\/uploads)(\/|$)/,
  /^prediction(-\d+)?\/artifacts(\/|$)/,
  /(^|\/)(spill|loadtest)(\/|$)/,
  /\.(tmp|partial)$/,
];

/** What refers to data of others is copied before those, so that all that it refers to is there: predictions and answers name versions and offsets of logs. */
const storesFirst: readonly RegExp[] = [/^monitor(\/|$)/, /^feature\/answers(\/|$)/];

/** Gives the stores of a data directory, in the order in which they are to be copied. */
export function storesOf(dataDirectory: string): readonly BackupItem[] {
  const rank = ({ path }: BackupItem) => {
    const found = storesFirst.findIndex((pattern) => pattern.test(path));
    return found < 0 ? storesFirst.length : found;
  };
  return itemsIn(dataDirectory, '')
    .filter(({ kind }) => kind === 'store')
    .sort((a, b) => rank(a) - rank(b) || byPath(a, b));
}

/**
 * Gives the files of a data directory beside its stores. They are listed after the stores were copied: the registry's log names blobs, which are written before it and never changed.
 */
export function filesOf(dataDirectory: string): readonly BackupItem[] {
  return itemsIn(dataDirectory, '')
    .filter(({ kind }) => kind === 'file')
    .sort(byPath);
}

function byPath(a: BackupItem, b: BackupItem): number {
  return a.path < b.path ? -1 : 1;
}

function itemsIn(root: string, folder: string): BackupItem[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  const isStore = entries.some(({ name }) => name === storeFileName);
  const store: BackupItem[] = isStore ? [storeItem(root, folder)] : [];
  const others = entries.flatMap((entry): BackupItem[] => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.name.startsWith(storeFileName) || leftOut.some((one) => one.test(path))) return [];
    if (entry.isDirectory()) return itemsIn(root, path);
    return entry.isFile() ? fileItem(root, path) : [];
  });
  return [...store, ...others];
}

function storeItem(root: string, path: string): BackupItem {
  const { blocks } = statSync(join(root, path, storeFileName));
  return { kind: 'store', path, bytes: blocks * 512 };
}

/** What is gone between the listing and the look was on its way out. */
function fileItem(root: string, path: string): BackupItem[] {
  const found = statSync(join(root, path), { throwIfNoEntry: false });
  return found === undefined ? [] : [{ kind: 'file', path, bytes: found.size }];
}
