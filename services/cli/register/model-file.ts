import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import { packTfjs } from './pack-tfjs.ts';

/** A model as it was found, in the one file in which the mesh keeps it. */
export interface ModelFile {
  readonly format: 'onnx' | 'tfjs';
  readonly artifact: Uint8Array;
  /** SHA-256 of each file that was read, by its name, before anything was packed. */
  readonly files: Readonly<Record<string, string>>;
}

/** What a folder of a tfjs model begins with. */
const tfjsIndex = 'model.json';

/**
 * Reads a model: an .onnx file, a tfjs model in one file (.tfjs), or a folder with model.json and the shards that it names, which are packed into one. A file of
 * another name is taken for ONNX: what it really is the registry sees by its first bytes.
 * @throws {MeshError} NOT_FOUND / SOURCE_MISSING; INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED; DATA_LOSS / ARTIFACT_CORRUPT
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  const isFolder = await isFolderAt(path);
  if (isFolder || basename(path) === tfjsIndex) {
    return await readFolder(isFolder ? path : join(path, '..'));
  }
  const artifact = await readFound(path);
  const format = extname(path) === '.tfjs' ? 'tfjs' : 'onnx';
  return { format, artifact, files: { [basename(path)]: digestOf(artifact) } };
}

async function readFolder(folder: string): Promise<ModelFile> {
  const files: Record<string, string> = {};
  const read = async (name: string) => {
    const bytes = await readFound(join(folder, name));
    files[name] = digestOf(bytes);
    return bytes;
  };
  const artifact = await packTfjs(await read(tfjsIndex), read);
  return { format: 'tfjs', artifact, files };
}

async function isFolderAt(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw missing(path, cause);
  }
}

async function readFound(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw missing(path, cause);
  }
}

function missing(path: string, cause: unknown): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'SOURCE_MISSING',
    message: `wanted the model in ${path}: ${messageOf(cause)}`,
    cause,
  });
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
