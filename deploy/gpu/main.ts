import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { messageOf } from '../../services/shared/kernel/mesh-error.ts';
import { packageRoot } from '../../services/shared/platform/grpc/load-proto.ts';
import {
  type CudaProbe,
  problemOf,
} from '../../services/shared/platform/inference/execution-provider.ts';
import { onnxRuntimeFolder } from '../../services/shared/platform/inference/probe-cuda.ts';
import { readGpuHost } from './gpu-host.ts';
import {
  cudaLibraries,
  driverLibrary,
  type Finding,
  findingsOf,
  lineOf,
  missingOf,
} from './gpu-needs.ts';
import { installProvider, providerProblem } from './install-provider.ts';
import { setUpTensorFlow, tensorflowText } from './set-up-tensorflow.ts';

const command = new Command('setup:gpu')
  .description(
    'fetch what ONNX Runtime needs for CUDA, or the native TensorFlow, and run a model on it',
  )
  .option('--check', 'say what is there and what is missing, and fetch nothing')
  .option('--json', 'one line of JSON last')
  .option('--tensorflow', 'set up the native TensorFlow for CUDA 12 instead')
  .option('--tensorflow-cpu', 'set up the native TensorFlow for CPUs instead')
  .addHelpText(
    'after',
    '\nExample:\n  npm run setup:gpu -- --check\n  npm run setup:gpu -- --tensorflow-cpu\n\nExit status: 0 a model ran on CUDA, or TensorFlow on what it was set up for; 1 a step failed; 3 this host lacks what cannot be fetched; 4 with --check: what is missing can be fetched.',
  )
  .action(setUp);
await command.parseAsync();

interface SetUpOptions {
  readonly check?: true;
  readonly json?: true;
  readonly tensorflow?: true;
  readonly tensorflowCpu?: true;
}

async function setUp(options: SetUpOptions): Promise<void> {
  try {
    const { tensorflow, tensorflowCpu } = options;
    const setUpAll = tensorflow || tensorflowCpu ? setUpNative : setUpOnnx;
    const result = await setUpAll(options);
    if (options.json) show(`${JSON.stringify(result)}\n`);
  } catch (error) {
    process.stderr.write(`setup:gpu: ${messageOf(error)}\n`);
    process.exitCode = 1;
  }
}

async function setUpNative({ check, tensorflow }: SetUpOptions): Promise<object> {
  const build = tensorflow ? 'gpu' : 'cpu';
  const { exitStatus, ...result } = await setUpTensorFlow(build, { isCheck: check === true }, show);
  process.exitCode = exitStatus;
  return result;
}

async function setUpOnnx({ check }: SetUpOptions): Promise<object> {
  const folder = onnxRuntimeFolder();
  const findings = await look(folder);
  show(findings.map(lineOf).join(''));
  show(`${tensorflowText()}\n`);
  const { needed, fetched } = missingOf(findings);
  if (needed.length > 0 || (fetched.length > 0 && check)) {
    process.exitCode = needed.length > 0 ? 3 : 4;
    return { findings, probe: null };
  }
  const isMissing = (name: string) => fetched.some((one) => one.name === name);
  await installProvider({
    folder,
    requirementsFolder: join(packageRoot, 'deploy', 'gpu'),
    withProvider: isMissing('provider'),
    withCudaLibraries: isMissing('CUDA libraries'),
    show,
  });
  const probe = await probeApart();
  process.exitCode = probe.kind === 'ready' ? 0 : 1;
  show(probe.kind === 'ready' ? 'a model ran on CUDA\n' : `${problemOf(probe)}\n`);
  return { findings: await look(folder), probe };
}

function show(text: string): void {
  process.stdout.write(text);
}

async function look(folder: string): Promise<readonly Finding[]> {
  const host = await readGpuHost([driverLibrary, ...cudaLibraries], folder);
  return findingsOf(host, runtimeVersionOf(), await providerProblem(folder));
}

function runtimeVersionOf(): string {
  const require = createRequire(import.meta.url);
  const { version } = require('onnxruntime-node/package.json') as { readonly version: string };
  return version;
}

async function probeApart(): Promise<CudaProbe> {
  const module = fileURLToPath(new URL('./probe-process.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [module], { timeout: 120_000 });
  return JSON.parse(stdout) as CudaProbe; // what probe-process.ts writes
}
