import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type BuildFailure, build, type Message, type Plugin, stop } from 'esbuild';
import { isMesh, type Mesh } from '../../shared/definition/mesh.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import { replaceFile } from '../../shared/platform/process/replace-file.ts';

/** A mesh file, bundled and evaluated. */
export interface LoadedMesh {
  readonly mesh: Mesh;
  /** Absolute path of the file that the author wrote. */
  readonly sourcePath: string;
  /** Writes the bundled module into a folder under a name made of its hash; gives its absolute path. */
  readonly save: (folder: string) => string;
}

/**
 * Loads a mesh: `path` is a folder with a mesh.ts, or a .ts or .js file, that exports `mesh` made by defineMesh.
 * @throws {MeshError} NOT_FOUND / MESH_FILE_MISSING
 * @throws {MeshError} INVALID_ARGUMENT / MESH_FILE_INVALID with file:line:column where there is one
 * @throws {MeshError} what defineMesh says about the definitions
 */
export async function loadMesh(path: string): Promise<LoadedMesh> {
  const sourcePath = findMeshFile(path);
  const code = await bundle(sourcePath);
  const mesh = await evaluate(sourcePath, code);
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 16);
  return {
    mesh,
    sourcePath,
    save(folder) {
      mkdirSync(folder, { recursive: true });
      const file = join(folder, `${hash}.mjs`);
      replaceFile(file, code);
      return file;
    },
  };
}

function findMeshFile(path: string): string {
  const wanted = resolve(path);
  const candidates = [wanted, join(wanted, 'mesh.ts'), join(wanted, 'mesh.js')];
  const found = candidates.find((candidate) => {
    const stat = statSync(candidate, { throwIfNoEntry: false });
    return stat?.isFile() === true;
  });
  if (found !== undefined && /\.[cm]?[jt]s$/.test(found)) return found;
  const isThere = statSync(wanted, { throwIfNoEntry: false }) !== undefined;
  throw new MeshError({
    code: 'NOT_FOUND',
    reason: 'MESH_FILE_MISSING',
    message: isThere
      ? `wanted a folder with a mesh.ts, or a .ts or .js file, got ${wanted}; create mesh.ts there, exporting \`mesh\` made by defineMesh from 'mlmesh'`
      : `wanted a mesh file, found nothing at ${wanted}; give a folder with a mesh.ts, such as \`mlmesh up deploy/flights\``,
  });
}

/** Bundles the author's own files; what they import from packages stays where it is installed. */
async function bundle(sourcePath: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      entryPoints: [sourcePath],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'inline',
      outfile: join(tmpdir(), 'mesh.mjs'),
      logLevel: 'silent',
      // The bundle moves into the data directory; what the author names relative to the mesh file is still found.
      define: { 'import.meta.url': JSON.stringify(pathToFileURL(sourcePath).href) },
      plugins: [packagesByPath],
    });
    return outputFiles[0]?.text ?? '';
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    throw invalid(error.errors.map(positionOf).join('\n'), error);
  } finally {
    await stop(); // its helper process is not needed again
  }
}

const ownEntry = fileURLToPath(new URL('../../index.js', import.meta.url));
const ownClientEntry = fileURLToPath(new URL('../../client/index.js', import.meta.url));

/** Rewrites imports of packages to absolute file URLs: the bundle lives where no node_modules is found from. */
const packagesByPath: Plugin = {
  name: 'packages-by-path',
  setup({ onResolve, resolve: resolveAgain }) {
    const external = (path: string) => ({ path: pathToFileURL(path).href, external: true });
    onResolve({ filter: /^mlmesh$/ }, () => external(ownEntry));
    onResolve({ filter: /^mlmesh\/client$/ }, () => external(ownClientEntry));
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (pluginData === 'again' || kind === 'entry-point' || isAbsolute(path)) return undefined;
      if (path.startsWith('node:')) return { path, external: true };
      const found = await resolveAgain(path, { kind, importer, resolveDir, pluginData: 'again' });
      if (found.errors.length > 0) return { errors: found.errors };
      return isAbsolute(found.path) ? external(found.path) : { path: found.path, external: true };
    });
  },
};

async function evaluate(sourcePath: string, code: string): Promise<Mesh> {
  const folder = mkdtempSync(join(tmpdir(), 'mlmesh-'));
  const file = join(folder, 'mesh.mjs');
  let exported: Readonly<Record<string, unknown>>;
  try {
    writeFileSync(file, code);
    process.setSourceMapsEnabled(true); // so that a stack names the author's file
    exported = (await import(pathToFileURL(file).href)) as typeof exported;
  } catch (error) {
    if (error instanceof MeshError) throw error;
    throw invalid(`${whereThrown(error, sourcePath)}: ${messageOf(error)}`, error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { mesh } = exported;
  if (isMesh(mesh)) return mesh;
  const names = Object.keys(exported).join(', ');
  throw invalid(
    `${sourcePath}: wanted an export \`mesh\` made by defineMesh, got ${mesh === undefined ? `the exports ${names || '(none)'}` : 'something else'}; write \`export const mesh = defineMesh({ ... })\``,
  );
}

/** Gives `file:line:column` of the first place in the author's files that a stack names. */
function whereThrown(error: unknown, sourcePath: string): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const places = [...stack.matchAll(/\(?((?:file:\/\/)?\/[^\s()]+):(\d+):(\d+)\)?/g)];
  const own = places.find(([, file = '']) => !/node_modules|mesh\.mjs/.test(file));
  if (own === undefined) return sourcePath;
  const [, file = '', line, column] = own;
  return `${file.startsWith('file:') ? fileURLToPath(file) : file}:${line}:${column}`;
}

function positionOf({ text, location }: Message): string {
  if (location === null) return text;
  return `${resolve(location.file)}:${location.line}:${location.column + 1}: ${text}`;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function invalid(message: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'MESH_FILE_INVALID',
    message: `the mesh file can't be used: ${message}`,
    cause,
  });
}
