import { join } from 'node:path';
import { probeTensorFlow } from '../../services/prediction/adapters/tensorflow-once.ts';
import { packageRoot } from '../../services/shared/platform/grpc/load-proto.ts';
import {
  findTensorFlowLibrary,
  tensorflowFolder,
} from '../../services/shared/platform/inference/tensorflow-library.ts';
import { type Finding, lineOf, missingOf } from './gpu-needs.ts';
import { installTensorFlow } from './install-tensorflow.ts';
import { libraryProblem, readTensorFlowHost } from './tensorflow-host.ts';
import { type TensorFlowBuild, tensorflowFindings } from './tensorflow-needs.ts';

/** What came of it. */
export interface TensorFlowSetUp {
  readonly findings: readonly Finding[];
  /** Runtime on which a matrix product ran, `tensorflow-gpu` or `tensorflow-cpu`; undefined where nothing was tried. */
  readonly runtime: string | undefined;
  /** As the help of the command has them. */
  readonly exitStatus: number;
}

/**
 * Looks at what the native TensorFlow needs, fetches and compiles what is missing unless `isCheck`, and runs a matrix product on it.
 * @throws when a step fails
 */
export async function setUpTensorFlow(
  build: TensorFlowBuild,
  { isCheck }: { readonly isCheck: boolean },
  show: (text: string) => void,
): Promise<TensorFlowSetUp> {
  const folder = tensorflowFolder();
  const host = await readTensorFlowHost(folder);
  const look = async () =>
    tensorflowFindings(
      host,
      build,
      folder === undefined ? 'its package is missing' : await libraryProblem(folder, build),
    );
  const findings = await look();
  show(findings.map(lineOf).join(''));
  const { compiler, nodeHeaders } = host;
  const missing = missingOf(findings);
  if (missing.needed.length > 0 || folder === undefined) {
    return { findings, runtime: undefined, exitStatus: 3 };
  }
  if (missing.fetched.length > 0) {
    if (isCheck) return { findings, runtime: undefined, exitStatus: 4 };
    if (compiler === undefined || nodeHeaders === undefined) throw new Error('no compiler'); // a finding says so before
    const requirementsFolder = join(packageRoot, 'deploy', 'gpu');
    await installTensorFlow({ build, folder, requirementsFolder, compiler, nodeHeaders, show });
  }
  const runtime = await probeTensorFlow();
  show(`a matrix product ran on ${runtime}\n`);
  const isWanted = runtime === `tensorflow-${build}`;
  if (!isWanted) show(`wanted it on tensorflow-${build}: ${why[build]}\n`);
  return { findings: await look(), runtime, exitStatus: isWanted ? 0 : 1 };
}

const why = {
  gpu: 'TensorFlow says on its standard error which library of CUDA it does not find',
  cpu: 'another build is there',
};

/** Gives one line on whether the native TensorFlow is there. Nothing needs it: without it, tfjs models run on WebAssembly. */
export function tensorflowText(): string {
  return findTensorFlowLibrary() === undefined
    ? 'TensorFlow has no native library here: tfjs models run on WebAssembly, SavedModels not at all; --tensorflow or --tensorflow-cpu installs it'
    : 'TensorFlow has its native library';
}
