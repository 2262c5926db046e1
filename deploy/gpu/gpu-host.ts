import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** One GPU as its driver describes it. */
export interface Gpu {
  readonly name: string;
  readonly driverVersion: string;
  /** Such as 9 for compute capability 9.0. */
  readonly computeCapability: number;
}

/** What a host has of what CUDA needs. */
export interface GpuHost {
  /** Such as `linux x64`. */
  readonly platform: string;
  /** Empty where no driver answers. */
  readonly gpus: readonly Gpu[];
  /** Sonames out of those that were asked for that the dynamic linker does not find. */
  readonly missingLibraries: readonly string[];
  /** Whether python3 runs pip. */
  readonly hasPip: boolean;
}

const run = promisify(execFile);

/** Looks around on this host; `folder` is where the provider of ONNX Runtime lies, which looks for libraries beside itself too. */
export async function readGpuHost(sonames: readonly string[], folder: string): Promise<GpuHost> {
  const [gpus, cache, pip] = await Promise.all([
    readGpus(),
    outputOf('ldconfig', ['-p']),
    outputOf('python3', ['-m', 'pip', '--version']),
  ]);
  const searched = (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter((path) => path !== '');
  const isThere = (soname: string): boolean =>
    [folder, ...searched].some((path) => existsSync(join(path, soname))) ||
    cachedNames(cache ?? '').has(soname);
  return {
    platform: `${process.platform} ${process.arch}`,
    gpus,
    missingLibraries: sonames.filter((soname) => !isThere(soname)),
    hasPip: pip !== undefined,
  };
}

/** Asks NVIDIA's driver for its GPUs; gives none where no driver answers. */
export async function readGpus(): Promise<readonly Gpu[]> {
  const query = ['--query-gpu=name,driver_version,compute_cap', '--format=csv,noheader'];
  return parseGpus((await outputOf('nvidia-smi', query)) ?? '');
}

/** Reads what nvidia-smi lists: name, driver and compute capability, separated by commas, a GPU a line. */
export function parseGpus(csv: string): readonly Gpu[] {
  return csv.split('\n').flatMap((line) => {
    const [name = '', driverVersion = '', capability] = line.split(',').map((part) => part.trim());
    const computeCapability = Number(capability);
    return Number.isFinite(computeCapability) ? [{ name, driverVersion, computeCapability }] : [];
  });
}

/** Reads the names that `ldconfig -p` lists. */
export function cachedNames(listing: string): ReadonlySet<string> {
  return new Set(listing.split('\n').map((line) => line.trim().split(' ')[0] ?? ''));
}

/** Gives what a program writes; undefined where it is not there or fails. */
async function outputOf(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    // Where only root has /sbin on the path.
    const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/sbin:/usr/sbin` };
    const { stdout } = await run(program, [...args], { env, timeout: 20_000, maxBuffer: 2 ** 24 });
    return stdout;
  } catch {
    return undefined; // what is not there is what the caller wants to know
  }
}
