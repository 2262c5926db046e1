import { readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { ArtifactFormat } from '../../shared/compute/artifact-format.ts';
import { savedModelFile } from '../../shared/platform/inference/saved-model-signature.ts';
import { digestOf } from '../evidence/digest-of.ts';
import { UsageError } from '../exit-code.ts';
import { packSavedModel } from './pack-saved-model.ts';
import { packTfjs } from './pack-tfjs.ts';
import { sourceMissing } from './source-missing.ts';

/** A model as it was found, in the one file in which the mesh keeps it. */
export interface ModelFile {
  readonly format: ArtifactFormat;
  readonly artifact: Uint8Array;
  /** SHA-256 of each file that was read, by its name, before anything was packed. */
  readonly files: Readonly<Record<string, string>>;
}

/** What a folder of a tfjs model begins with. */
const tfjsIndex = 'model.json';

/**
 * Reads a model: an .onnx file, a tfjs model in one file (.tfjs), a folder with model.json and the shards that it names, or the folder of a SavedModel with saved_model.pb; folders
 * are packed into one file. A file of another name is taken for ONNX: what it really is the registry sees by its first bytes.
 * @throws {UsageError} for an empty file
 * @throws {MeshError} NOT_FOUND / SOURCE_MISSING; INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED; DATA_LOSS / ARTIFACT_CORRUPT
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  if (await isFolderAt(path)) {
    if (await isThere(join(path, savedModelFile))) return await readSavedModel(path);
    if (await isThere(join(path, tfjsIndex))) return await readTfjsFolder(path);
    const missing = `the folder has neither ${tfjsIndex} (tfjs) nor ${savedModelFile} (SavedModel)`;
    throw sourceMissing(path, new Error(missing));
  }
  if (basename(path) === tfjsIndex) return await readTfjsFolder(join(path, '..'));
  if (basename(path) === savedModelFile) return await readSavedModel(join(path, '..'));
  const artifact = await readFound(path);
  if (artifact.length === 0) {
    throw new UsageError(`--artifact: wanted a model, got ${path}, which is empty`);
  }
  const format = extname(path) === '.tfjs' ? 'tfjs' : 'onnx';
  return { format, artifact, files: { [basename(path)]: digestOf(artifact) } };
}

async function readSavedModel(folder: string): Promise<ModelFile> {
  return { format: 'saved-model', ...(await packSavedModel(folder)) };
}

async function readTfjsFolder(folder: string): Promise<ModelFile> {
  const files: Record<string, string> = {};
  const read = async (name: string) => {
    const bytes = await readFound(join(folder, name));
    files[name] = digestOf(bytes);
    return bytes;
  };
  const artifact = await packTfjs(await read(tfjsIndex), read);
  return { format: 'tfjs', artifact, files };
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

async function isFolderAt(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw sourceMissing(path, cause);
  }
}

async function readFound(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw sourceMissing(path, cause);
  }
}
