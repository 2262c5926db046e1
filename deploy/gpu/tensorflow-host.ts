import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { readGpuHost } from './gpu-host.ts';
import { driverLibrary } from './gpu-needs.ts';
import { type TensorFlowBuild, type TensorFlowHost, tensorflowFiles } from './tensorflow-needs.ts';

const compilers = ['g++', 'c++', 'clang++'] as const;

/** Looks around on this host; `folder` is that of the package with the binding. */
export async function readTensorFlowHost(folder: string | undefined): Promise<TensorFlowHost> {
  const [host, found] = await Promise.all([
    readGpuHost([driverLibrary], folder ?? ''),
    Promise.all(compilers.map(answers)),
  ]);
  // Beside bin, where Node's own archives and most packages of systems have them.
  const headers = join(dirname(process.execPath), '..', 'include', 'node');
  return {
    ...host,
    packageVersion: folder === undefined ? undefined : versionIn(folder),
    compiler: compilers.find((_, at) => found[at]),
    nodeHeaders: existsSync(join(headers, 'node_api.h')) ? headers : undefined,
  };
}

/** Says what is wrong with a build in the folder of the package; undefined where it is whole. */
export async function libraryProblem(
  folder: string,
  build: TensorFlowBuild,
): Promise<string | undefined> {
  for (const { name, bytes } of tensorflowFiles) {
    const found = await stat(join(folder, 'deps', 'lib', name)).catch(() => undefined);
    if (found === undefined) return `${name} is missing`;
    if (found.size !== bytes[build]) return `${name} is that of another build, or cut off`;
  }
  return existsSync(bindingPath(folder)) ? undefined : 'the binding is not compiled';
}

/** Gives where the compiled binding lies. */
export function bindingPath(folder: string): string {
  return join(folder, 'lib', 'napi-v8', 'tfjs_binding.node');
}

function versionIn(folder: string): string | undefined {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : undefined;
}

async function answers(compiler: string): Promise<boolean> {
  return await promisify(execFile)(compiler, ['--version'], { timeout: 20_000 }).then(
    () => true,
    () => false,
  );
}
