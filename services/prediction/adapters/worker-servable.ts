import type { Clock } from '../../shared/kernel/clock.ts';
import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { ExecutionProvider } from '../../shared/platform/inference/execution-provider.ts';
import {
  InferencePool,
  type InferencePoolOptions,
} from '../../shared/platform/worker/inference-pool.ts';
import { isRowModel, type ServableSpec, servableId } from '../core/servable-spec.ts';
import type { ArtifactStore, Servable, ServableLoader, SignatureCheck } from '../ports.ts';
import type { TensorFlowRuntime } from './tensorflow-once.ts';

/** What the loader is made of. */
export interface WorkerLoaderOptions {
  readonly artifacts: ArtifactStore;
  readonly signatures: SignatureCheck;
  readonly clock: Clock;
  /** Decides where ONNX Runtime runs models; asked once a load. */
  readonly provider: () => Promise<ExecutionProvider>;
  /** Decides where TensorFlow models run; asked once a load of one. */
  readonly tensorflow: () => Promise<TensorFlowRuntime>;
  /** Threads of each version, from 1. */
  readonly threads: number;
  /** A native call that takes longer is stuck. Milliseconds. */
  readonly stuckMsMax: number;
}

/** Runs each version on worker threads of its own. */
export class WorkerLoader implements ServableLoader {
  readonly #options: WorkerLoaderOptions;

  constructor(options: WorkerLoaderOptions) {
    this.#options = options;
  }

  async load(
    spec: ServableSpec,
    onStuck: (error: MeshError) => void,
    signal: AbortSignal,
  ): Promise<Servable> {
    const { artifacts, signatures, provider, tensorflow, clock, threads, stuckMsMax } =
      this.#options;
    const artifact = { digest: spec.artifactDigest, bytes: spec.artifactBytes };
    await signatures.check(spec, signal);
    const path = await artifacts.fetch(artifact, signal);
    const pool = new InferencePool({
      spec: {
        name: servableId(spec),
        digest: spec.artifactDigest,
        format: spec.artifactFormat,
        inputs: spec.inputs,
        outputs: spec.outputs,
        isBatched: spec.batchRowsMax > 0,
        isFiniteOnly: isRowModel(spec),
      },
      artifact: { kind: 'file', path },
      provider: (await provider()).name,
      ...workerOf(isTensorFlow(spec) ? await tensorflow() : 'wasm'),
      threads,
      stuckMsMax,
      clock,
      onStuck,
    });
    return {
      threads,
      open: () => pool.open(),
      warm: () => pool.warm(),
      run: (inputs, rows) => pool.infer(inputs, rows),
      stop: (graceMs) => pool.stop(graceMs),
    };
  }
}

function isTensorFlow({ artifactFormat }: ServableSpec): boolean {
  return artifactFormat === 'tfjs' || artifactFormat === 'saved-model';
}

/** The worker is not what the main thread loads; the compiler leaves these names as they are. */
function workerOf(runtime: TensorFlowRuntime): Pick<InferencePoolOptions, 'file' | 'isolation'> {
  return runtime === 'native'
    ? { file: new URL('../worker/infer-child.js', import.meta.url), isolation: 'process' }
    : { file: new URL('../worker/infer.js', import.meta.url) };
}
