import type { GpuHost } from './gpu-host.ts';

/** A library of ONNX Runtime's provider, as it stands in the wheel. */
export interface ProviderFile {
  readonly name: string;
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** The version of onnxruntime-node that the provider belongs to: provider and runtime share structures in memory. */
export const runtimeVersion = '1.30.0';

/** The libraries of the provider, of onnxruntime-gpu 1.30.0, which is built for CUDA 13. */
export const providerFiles: readonly ProviderFile[] = [
  {
    name: 'libonnxruntime_providers_shared.so',
    bytes: 14_632,
    sha256: '086ec1d5388f64153d9c63470d126693db9a182c8ce236d3a1119068471b8a0d',
  },
  {
    name: 'libonnxruntime_providers_cuda.so',
    bytes: 272_049_904,
    sha256: '35da2e7ed0dd0d1aec5cdb16ce11a51d06c0c48cf62d1b1c9332946a4fae14fc',
  },
];

/** The driver's own library: it comes with the driver and with nothing else. */
export const driverLibrary = 'libcuda.so.1';

/** What the provider loads of CUDA 13 and cuDNN 9. */
export const cudaLibraries: readonly string[] = [
  'libcudart.so.13',
  'libcublas.so.13',
  'libcublasLt.so.13',
  'libcurand.so.10',
  'libcufft.so.12',
  'libnvrtc.so.13',
  'libcudnn.so.9',
];

/** What a version of CUDA runs on. */
export interface CudaNeeds {
  readonly name: string;
  /** Oldest driver, by the first part of its version. */
  readonly driverMin: number;
  readonly computeCapabilityMin: number;
}

/** CUDA 13 runs on drivers from 580 and on GPUs from Turing. */
const cuda13: CudaNeeds = { name: 'CUDA 13', driverMin: 580, computeCapabilityMin: 7.5 };

/** One thing that CUDA needs, and whether it is there. */
export interface Finding {
  readonly name: string;
  readonly isThere: boolean;
  /** What was found, or what to do. */
  readonly says: string;
  /** Whether setup fetches it where it is missing; the rest is up to whoever runs the host. */
  readonly isFetched: boolean;
}

/** Gives what is missing, by whether setup fetches it. */
export function missingOf(findings: readonly Finding[]): {
  readonly needed: readonly Finding[];
  readonly fetched: readonly Finding[];
} {
  const missing = findings.filter(({ isThere }) => !isThere);
  return {
    needed: missing.filter(({ isFetched }) => !isFetched),
    fetched: missing.filter(({ isFetched }) => isFetched),
  };
}

/** Gives the line of a finding, for people. */
export function lineOf({ name, isThere, says }: Finding): string {
  return `${(isThere ? 'ok' : 'missing').padEnd(9)}${name.padEnd(18)}${says}\n`;
}

/** Says what a host has of what CUDA needs; `providerProblem` is undefined where the provider's libraries are there. */
export function findingsOf(
  host: GpuHost,
  installedVersion: string,
  providerProblem: string | undefined,
): readonly Finding[] {
  const { platform, missingLibraries, hasPip } = host;
  const missing = missingLibraries.filter((name) => name !== driverLibrary);
  const isWhole = providerProblem === undefined && missing.length === 0;
  const needed = (name: string, isThere: boolean, says: string): Finding => ({
    name,
    isThere,
    says,
    isFetched: false,
  });
  return [
    needed('platform', platform === 'linux x64', `${platform}; wanted linux x64`),
    needed(
      'onnxruntime-node',
      installedVersion === runtimeVersion,
      `${installedVersion}; the provider is of ${runtimeVersion}`,
    ),
    ...gpuFindings(host, cuda13),
    needed('pip', hasPip || isWhole, hasPip ? 'python3 -m pip' : 'install python3 and pip'),
    {
      name: 'provider',
      isThere: providerProblem === undefined,
      says: providerProblem ?? `beside ONNX Runtime, for CUDA 13`,
      isFetched: true,
    },
    {
      name: 'CUDA libraries',
      isThere: missing.length === 0,
      says: missing.length === 0 ? 'all found' : `missing: ${missing.join(', ')}`,
      isFetched: true,
    },
  ];
}

/** Says whether there is a driver, and a GPU that a version of CUDA runs on. */
export function gpuFindings(
  { gpus, missingLibraries }: Pick<GpuHost, 'gpus' | 'missingLibraries'>,
  cuda: CudaNeeds,
): readonly Finding[] {
  const { driverMin, computeCapabilityMin } = cuda;
  const [gpu] = gpus;
  const isDriverThere = !missingLibraries.includes(driverLibrary);
  if (gpu === undefined) {
    const says = `no GPU answers (nvidia-smi), and ${driverLibrary} is ${isDriverThere ? 'there' : 'missing'}; install NVIDIA's driver, ${driverMin} or newer, on a machine with a GPU`;
    return [{ name: 'driver', isThere: false, says, isFetched: false }];
  }
  const { name, driverVersion, computeCapability } = gpu;
  const isNew = Number.parseInt(driverVersion, 10) >= driverMin;
  return [
    {
      name: 'driver',
      isThere: isNew && isDriverThere,
      says: `${driverVersion}, ${driverLibrary} ${isDriverThere ? 'found' : 'missing'}; ${cuda.name} wants ${driverMin} or newer`,
      isFetched: false,
    },
    {
      name: 'GPU',
      isThere: computeCapability >= computeCapabilityMin,
      says: `${name}, compute capability ${computeCapability}; ${cuda.name} wants ${computeCapabilityMin} or more`,
      isFetched: false,
    },
  ];
}
