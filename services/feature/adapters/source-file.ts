import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourcePlan } from '../../shared/compute/plan.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';

/** A source's file on disk. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: number;
  /** Last change, epoch ms. */
  readonly changedMs: number;
}

/**
 * Finds the file of a source: an absolute path, a path relative to the mesh, or a path inside an installed package.
 * @throws {MeshError} NOT_FOUND / SOURCE_MISSING
 */
export function findSourceFile(source: SourcePlan, meshFolder: string): SourceFile {
  const path = candidates(source.parquet, meshFolder).find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new MeshError({
      code: 'NOT_FOUND',
      reason: 'SOURCE_MISSING',
      message: `wanted the file of source '${source.name}', found no '${source.parquet}' as a path, relative to the mesh file, or inside an installed package; install the package (npm install ${packageOf(source.parquet)}) or correct the path in the definition`,
      detail: { source: source.name },
    });
  }
  const stat = statSync(path);
  return { path, bytes: stat.size, changedMs: stat.mtimeMs };
}

/** Gives the SHA-256 of a file, 64 hexadecimal digits. */
export async function fileHash(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path, { signal, highWaterMark: 1 << 20 })) {
    hash.update(part as Buffer);
  }
  return hash.digest('hex');
}

function candidates(parquet: string, meshFolder: string): readonly string[] {
  if (isAbsolute(parquet)) return [parquet];
  const here = dirname(fileURLToPath(import.meta.url));
  return [
    resolve(meshFolder, parquet),
    ...[...ancestors(resolve(meshFolder)), ...ancestors(here)].map((folder) =>
      join(folder, 'node_modules', parquet),
    ),
  ];
}

function ancestors(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}

/** `@scope/name/file` belongs to `@scope/name`, `name/file` to `name`. */
function packageOf(parquet: string): string {
  const parts = parquet.split('/');
  return parts.slice(0, parquet.startsWith('@') ? 2 : 1).join('/');
}
