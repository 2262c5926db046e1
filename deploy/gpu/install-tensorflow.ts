import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { bindingPath } from './tensorflow-host.ts';
import { type TensorFlowBuild, tensorflowFiles } from './tensorflow-needs.ts';
import { fetchWheels, placeFile, unpackWheels } from './wheels.ts';

/** What is to be installed, and with what. */
export interface TensorFlowPlan {
  readonly build: TensorFlowBuild;
  /** Folder of the package with the binding. */
  readonly folder: string;
  /** Folder of the requirements files. */
  readonly requirementsFolder: string;
  readonly compiler: string;
  /** Folder with node_api.h. */
  readonly nodeHeaders: string;
  /** Told what is going on. */
  readonly show: (text: string) => void;
}

// 5 min: two files take 10 s.
const compileMsMax = 300_000;

/**
 * Fetches a build of TensorFlow from the index that pip is configured for, puts its libraries into the package, and compiles the binding of the package
 * against them. The binding gets its name last, so what has one is whole.
 * @throws when pip or the compiler fails, or a wheel lacks a library
 */
export async function installTensorFlow(plan: TensorFlowPlan): Promise<void> {
  const { build, folder, requirementsFolder, show } = plan;
  const work = await mkdtemp(join(tmpdir(), 'mlmesh-tensorflow-'));
  try {
    const requirements = `tensorflow-${build}-requirements.txt`;
    show(`fetching ${requirements}\n`);
    await fetchWheels(join(requirementsFolder, requirements), work);
    const unpacked = join(work, 'unpacked');
    await unpackWheels(work, unpacked);
    const binding = bindingPath(folder);
    await rm(binding, { force: true }); // one of another build does not fit
    await placeLibraries(join(unpacked, 'tensorflow'), folder);
    await placeCuda(join(unpacked, 'nvidia'), folder);
    show('compiling the binding\n');
    await mkdir(dirname(binding), { recursive: true });
    await compile(plan, join(unpacked, 'tensorflow', 'include'), `${binding}.partial`);
    await rename(`${binding}.partial`, binding);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function placeLibraries(from: string, folder: string): Promise<void> {
  const to = join(folder, 'deps', 'lib');
  // What was there may be links.
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  for (const { name } of tensorflowFiles) {
    if (!existsSync(join(from, name))) throw new Error(`wanted ${name} in the wheel, found none`);
    await placeFile(join(from, name), join(to, name));
  }
}

/** TensorFlow and the libraries of CUDA look for each other in folders of their wheels' layout. */
async function placeCuda(from: string, folder: string): Promise<void> {
  const to = join(folder, 'deps', 'nvidia');
  await rm(to, { recursive: true, force: true });
  if (!existsSync(from)) return;
  for (const name of await readdir(from)) {
    const libraries = join(from, name, 'lib');
    if (!existsSync(libraries)) continue;
    await mkdir(join(to, name, 'lib'), { recursive: true });
    for (const file of await readdir(libraries)) {
      if (file.includes('.so')) await placeFile(join(libraries, file), join(to, name, 'lib', file));
    }
  }
}

/** As the package's own binding.gyp has it, but with the libraries of the wheel. */
async function compile(
  { compiler, folder, nodeHeaders }: TensorFlowPlan,
  headers: string,
  to: string,
): Promise<void> {
  const defines = [
    'NAPI_VERSION=8',
    'BUILDING_NODE_EXTENSION',
    'NODE_GYP_MODULE_NAME=tfjs_binding',
  ];
  const args = [
    ...['-O2', '-std=c++17', '-shared', '-fPIC', '-w'],
    ...defines.map((define) => `-D${define}`),
    ...[nodeHeaders, headers, '..'].map((path) => `-I${path}`),
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join('binding', file)),
    ...['-o', to],
    ...tensorflowFiles.map(({ name }) => join('deps', 'lib', name)),
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ];
  await promisify(execFile)(compiler, args, { cwd: folder, timeout: compileMsMax });
}
