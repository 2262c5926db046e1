import { constants, type Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { encodeFolder, type FolderFile } from '../../shared/compute/folder-artifact.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { digestOf } from '../evidence/digest-of.ts';
import { sourceMissing } from './source-missing.ts';

/** A folder in one file. */
export interface PackedFolder {
  readonly artifact: Uint8Array;
  /** SHA-256 of each file, by its path in the folder. */
  readonly files: Readonly<Record<string, string>>;
}

// 2 GiB - 1: what a Buffer holds and an artifact may have.
const artifactBytesMax = 2 ** 31 - 1;

/**
 * Packs the folder of a SavedModel into the one file of the mesh, with all that is in it: equal folders give equal bytes.
 * @throws {MeshError} NOT_FOUND / SOURCE_MISSING; INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED for a link or another thing that is neither
 * file nor folder, and for more than 2 GiB
 */
export async function packSavedModel(folder: string): Promise<PackedFolder> {
  const files: FolderFile[] = [];
  for (const path of await pathsIn(folder)) {
    const bytes = await readPlain(join(folder, path));
    files.push({ path: path.split(sep).join('/'), bytes });
  }
  return {
    artifact: encodeFolder(files),
    files: Object.fromEntries(files.map(({ path, bytes }) => [path, digestOf(bytes)])),
  };
}

/** Paths of the files, relative to the folder; sizes are looked at before anything is read. */
async function pathsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths: string[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile()) throw strange(path, entry);
    bytes += (await stat(path)).size;
    paths.push(relative(folder, path));
  }
  if (bytes > artifactBytesMax) {
    throw unsupported(`${bytes} bytes in ${folder}, more than ${artifactBytesMax}`);
  }
  return paths;
}

/** A link that takes the place of a file meanwhile is not followed. */
async function readPlain(path: string): Promise<Buffer> {
  try {
    return await readFile(path, { flag: constants.O_RDONLY | constants.O_NOFOLLOW });
  } catch (cause) {
    throw sourceMissing(path, cause);
  }
}

function strange(path: string, entry: Dirent): MeshError {
  const kind = entry.isSymbolicLink() ? 'a symbolic link' : 'neither file nor folder';
  return unsupported(`${path}, which is ${kind}: put the file itself there`);
}

function unsupported(got: string): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'ARTIFACT_UNSUPPORTED',
    message: `wanted a SavedModel of files and folders, got ${got}`,
  });
}
