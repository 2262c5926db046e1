import type { Logger } from '../../shared/kernel/logger.ts';
import { messageOf } from '../../shared/kernel/mesh-error.ts';
import { findTensorFlowLibrary } from '../../shared/platform/inference/tensorflow-library.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { runInProcess } from '../../shared/platform/worker/run-in-process.ts';

/** Where TensorFlow models run. */
export type TensorFlowRuntime = 'native' | 'wasm';

// Loading a library of 600 MB from a cold disk.
const probeMsMax = 60_000;

/** Gives what decides where TensorFlow models run: it tries the native runtime when it is first asked, and logs the outcome. */
export function tensorflowOnce(log: Pick<Logger, 'info'>): () => Promise<TensorFlowRuntime> {
  let decision: Promise<TensorFlowRuntime> | undefined;
  return () => {
    decision ??= decide(log);
    return decision;
  };
}

async function decide(log: Pick<Logger, 'info'>): Promise<TensorFlowRuntime> {
  if (findTensorFlowLibrary() === undefined) {
    log.info('tensorflow-runtime', {
      runtime: 'tfjs-wasm',
      why: 'the library of @tensorflow/tfjs-node-gpu is not there; npm run setup:gpu -- --tensorflow, or --tensorflow-cpu, installs it',
    });
    return 'wasm';
  }
  try {
    const runtime = await probeTensorFlow();
    log.info('tensorflow-runtime', { runtime, why: 'a matrix product ran on it' });
    return 'native';
  } catch (error) {
    log.info('tensorflow-runtime', {
      runtime: 'tfjs-wasm',
      why: `the native TensorFlow does not run: ${messageOf(error).slice(0, 500)}`,
    });
    return 'wasm';
  }
}

/**
 * Runs a matrix product on the native TensorFlow, in a process of its own; gives the name of the runtime.
 * @throws {MeshError} what keeps it from running
 */
export async function probeTensorFlow(): Promise<string> {
  return await runInProcess<'probe', string>(
    {
      name: 'probe of TensorFlow',
      file: new URL('../worker/probe-tensorflow.js', import.meta.url),
      workerData: undefined,
      stuckMsMax: probeMsMax,
      clock: systemClock,
    },
    'probe',
  );
}
