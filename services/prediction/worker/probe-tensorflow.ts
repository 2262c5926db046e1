// A process of its own: a process can hold one native TensorFlow, and libraries that don't fit together may take it with them.
import { tensor2d } from '@tensorflow/tfjs-core';
import { serveProcess } from '../../shared/platform/worker/serve-process.ts';
import { toWorkerOutcome } from '../../shared/platform/worker/worker-outcome.ts';
import { startNativeTensorFlow } from './tensorflow-native.ts';

serveProcess(() => () => toWorkerOutcome(probe, 'INFERENCE_FAILED'));

/** Runs a matrix product; gives the name of the runtime. */
async function probe(): Promise<string> {
  const backend = await startNativeTensorFlow();
  const product = tensor2d([[1, 2]]).matMul(tensor2d([[3], [4]]));
  const [value] = await product.data();
  if (value !== 11) throw new Error(`wanted 11 from a matrix product, got ${String(value)}`);
  return backend;
}
