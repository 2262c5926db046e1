import { renameSync, writeFileSync } from 'node:fs';
import { diskFull, isDiskFull } from '../../shared/platform/store/store-error.ts';

/** Writes a JSON file: all of it or nothing. @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL */
export function writeWhole(path: string, content: unknown): void {
  onDisk(path, () => {
    writeFileSync(`${path}.unfinished`, `${JSON.stringify(content, undefined, 2)}\n`);
    renameSync(`${path}.unfinished`, path);
  });
}

/** Does something with files at a path. @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL when there is no room. */
export function onDisk(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw isDiskFull(error) ? diskFull(path, error) : error;
  }
}
