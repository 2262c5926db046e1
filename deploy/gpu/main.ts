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
import { cudaLibraries, driverLibrary, type Finding, findingsOf } from './gpu-needs.ts';
import { installProvider, providerProblem } from './install-provider.ts';
import { tensorflowGpuText } from './tensorflow-gpu.ts';

const command = new Command('setup:gpu')
  .description('fetch what ONNX Runtime needs for CUDA, and run a model on the GPU')
  .option('--check', 'say what is there and what is missing, and fetch nothing')
  .option('--json', 'one line of JSON last')
  .addHelpText(
    'after',
    '\nExample:\n  npm run setup:gpu -- --check\n\nExit status: 0 a model ran on CUDA; 1 a step failed; 3 this host lacks what cannot be fetched; 4 with --check: what is missing can be fetched.',
  )
  .action(setUp);
await command.parseAsync();

async function setUp({ check, json }: { readonly check?: true; readonly json?: true }) {
  const show = (text: string) => void process.stdout.write(text);
  const folder = onnxRuntimeFolder();
  try {
    let findings = await look(folder);
    show(findings.map(lineOf).join(''));
    show(`${tensorflowGpuText()}\n`);
    const [fetched, needed] = [true, false].map((isFetched) =>
      findings.filter((one) => !one.isThere && one.isFetched === isFetched),
    );
    let probe: CudaProbe | undefined;
    if (needed !== undefined && needed.length > 0) process.exitCode = 3;
    else if (fetched !== undefined && fetched.length > 0 && check) process.exitCode = 4;
    else {
      const isMissing = (name: string) => fetched?.some((one) => one.name === name) === true;
      await installProvider({
        folder,
        requirementsFolder: join(packageRoot, 'deploy', 'gpu'),
        withProvider: isMissing('provider'),
        withCudaLibraries: isMissing('CUDA libraries'),
        show,
      });
      findings = await look(folder);
      probe = await probeApart();
      process.exitCode = probe.kind === 'ready' ? 0 : 1;
      show(probe.kind === 'ready' ? 'a model ran on CUDA\n' : `${problemOf(probe)}\n`);
    }
    if (json) show(`${JSON.stringify({ findings, probe: probe ?? null })}\n`);
  } catch (error) {
    process.stderr.write(`setup:gpu: ${messageOf(error)}\n`);
    process.exitCode = 1;
  }
}

async function look(folder: string): Promise<readonly Finding[]> {
  const host = await readGpuHost([driverLibrary, ...cudaLibraries], folder);
  return findingsOf(host, runtimeVersionOf(), await providerProblem(folder));
}

function lineOf({ name, isThere, says }: Finding): string {
  return `${(isThere ? 'ok' : 'missing').padEnd(9)}${name.padEnd(18)}${says}\n`;
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
