import type { GpuHost } from './gpu-host.ts';
import { type CudaNeeds, type Finding, gpuFindings } from './gpu-needs.ts';

/** What TensorFlow is built for. */
export type TensorFlowBuild = 'cpu' | 'gpu';

/** A library of TensorFlow, as it stands in the wheel of a build. */
export interface TensorFlowFile {
  readonly name: string;
  readonly bytes: Readonly<Record<TensorFlowBuild, number>>;
}

/** The version of the package whose binding is compiled: it uses the interface of TensorFlow in C, and a few classes of it. */
export const bindingVersion = '4.22.0';

/** The libraries of TensorFlow 2.18.1. */
export const tensorflowFiles: readonly TensorFlowFile[] = [
  { name: 'libtensorflow_framework.so.2', bytes: { cpu: 49_904_616, gpu: 152_421_216 } },
  { name: 'libtensorflow_cc.so.2', bytes: { cpu: 632_665_032, gpu: 1_099_333_232 } },
];

/** CUDA 12 runs on drivers from 525, and the wheel has code for GPUs from Pascal. */
const cuda12: CudaNeeds = { name: 'CUDA 12', driverMin: 525, computeCapabilityMin: 6 };

/** What a host has of what the native TensorFlow needs. */
export interface TensorFlowHost extends Pick<GpuHost, 'platform' | 'gpus' | 'hasPip'> {
  /** Sonames out of the driver's that the dynamic linker does not find. */
  readonly missingLibraries: readonly string[];
  /** Version of the package with the binding; undefined where it is not installed. */
  readonly packageVersion: string | undefined;
  /** A compiler of C++ that answers, such as `g++`; undefined where none does. */
  readonly compiler: string | undefined;
  /** Folder with node_api.h; undefined where there is none. */
  readonly nodeHeaders: string | undefined;
}

/** Says what a host has of what a build of TensorFlow needs; `libraryProblem` is undefined where it is installed. */
export function tensorflowFindings(
  host: TensorFlowHost,
  build: TensorFlowBuild,
  libraryProblem: string | undefined,
): readonly Finding[] {
  const { platform, packageVersion, compiler, nodeHeaders, hasPip } = host;
  const isWhole = libraryProblem === undefined;
  /** What is there, or what to do: needed as long as the library is not. */
  const tool = (name: string, found: string | undefined, advice: string): Finding => ({
    name,
    isThere: isWhole || found !== undefined,
    says: found ?? (isWhole ? 'not needed any more' : advice),
    isFetched: false,
  });
  return [
    {
      name: 'platform',
      isThere: platform === 'linux x64',
      says: `${platform}; wanted linux x64`,
      isFetched: false,
    },
    {
      name: 'tfjs-node-gpu',
      isThere: packageVersion === bindingVersion,
      says: `${packageVersion ?? 'not installed: npm ci without --omit=optional'}; wanted ${bindingVersion}`,
      isFetched: false,
    },
    ...(build === 'gpu' ? gpuFindings(host, cuda12) : []),
    tool('compiler', compiler, 'install g++ or clang++, for the binding'),
    tool('Node headers', nodeHeaders, 'install the headers of this Node: include/node beside bin'),
    tool('pip', hasPip ? 'python3 -m pip' : undefined, 'install python3 and pip'),
    {
      name: 'TensorFlow',
      isThere: isWhole,
      says: libraryProblem ?? `2.18.1 for ${build === 'gpu' ? 'CUDA 12' : 'CPUs'}`,
      isFetched: true,
    },
  ];
}
