import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { setBackend } from '@tensorflow/tfjs-core';
import { MeshError } from '../../shared/kernel/mesh-error.ts';

/**
 * Starts TensorFlow.js on WebAssembly, with one thread; gives the name of the runtime.
 * @throws {MeshError} INTERNAL / INFERENCE_FAILED
 */
export async function startTfjsWasm(): Promise<string> {
  // The files lie in the package; without the paths tfjs would fetch them.
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${dirname(entry)}${sep}`);
  setThreadsCount(1);
  if (await setBackend('wasm')) return 'tfjs-wasm';
  throw new MeshError({
    code: 'INTERNAL',
    reason: 'INFERENCE_FAILED',
    message: 'the WebAssembly backend of TensorFlow.js does not start; install the packages again',
  });
}
