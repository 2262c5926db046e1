import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';

// 1,000 files and 64 MiB: a trainer is code and settings; its data come from the feature store.
const filesMax = 1_000;
const bytesMax = 64 * 1024 * 1024;
/** What interpreters and tools leave behind. */
const leftovers = new Set(['__pycache__', 'node_modules', '.venv', '.git']);

/**
 * Copies the files of an external trainer to where its command runs, and gives the SHA-256 of each by its path with slashes: what
 * was run is what is recorded.
 * @throws {MeshError} FAILED_PRECONDITION / TRAINING_FAILED when there is no such folder, or it holds too much, or a link
 */
export async function copyTrainerFiles(
  from: string,
  to: string,
): Promise<Readonly<Record<string, string>>> {
  const digests: Record<string, string> = {};
  let bytes = 0;
  for (const path of await listFiles(from)) {
    const content = await readFile(path);
    bytes += content.length;
    const name = relative(from, path).split(sep).join('/');
    digests[name] = createHash('sha256').update(content).digest('hex');
    if (Object.keys(digests).length > filesMax || bytes > bytesMax) {
      throw failed(
        `wanted at most ${filesMax} files and ${bytesMax} bytes in the trainer's folder ${from}, got more; let its data come from data.parquet`,
      );
    }
    const target = join(to, name);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(path, target);
  }
  if (Object.keys(digests).length === 0)
    throw failed(`wanted the trainer's files in ${from}, got none`);
  return digests;
}

async function listFiles(folder: string): Promise<readonly string[]> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    (error: unknown) => {
      throw failed(`wanted the folder of the trainer's files: ${messageOf(error)}`, error);
    },
  );
  if (!isFolder) throw failed(`wanted a folder with the trainer's files, got the file ${folder}`);
  const paths: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (leftovers.has(entry.name)) continue;
    if (entry.isDirectory()) paths.push(...(await listFiles(path)));
    else if (entry.isFile()) paths.push(path);
    else
      throw failed(
        `wanted files alone in the trainer's folder, got ${path}; a link leads elsewhere`,
      );
  }
  return paths;
}

function failed(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: 'FAILED_PRECONDITION', reason: 'TRAINING_FAILED', message, cause });
}
