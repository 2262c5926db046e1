import assert from 'node:assert/strict';
import '@tensorflow/tfjs-backend-cpu';
import { setBackend, tensor2d } from '@tensorflow/tfjs-core';
import { floatMatrix, floatsOf } from '../services/shared/compute/tensor/float-matrix.ts';
import { decodeTfjsArtifact } from '../services/shared/compute/tfjs-artifact.ts';
import type { LoadedModel } from '../services/shared/platform/inference/model-spec.ts';
import { openTfjsLayers } from '../services/shared/platform/inference/open-tfjs.ts';

/** Opens a tfjs artifact on the backend of TensorFlow.js that is JavaScript alone. */
export async function openTfjsCpuModel(bytes: Uint8Array): Promise<LoadedModel> {
  assert(await setBackend('cpu'), 'the CPU backend of TensorFlow.js does not start');
  const model = await openTfjsLayers(decodeTfjsArtifact(bytes));
  return {
    backend: 'tfjs-cpu',
    async run([input]) {
      assert(input !== undefined, 'wanted one input');
      const [rows = 0, columns = 0] = input.shape;
      const features = tensor2d(floatsOf(input), [rows, columns]);
      const output = model.predict(features, { batchSize: Math.max(1, rows) });
      assert(!Array.isArray(output), 'wanted one output');
      try {
        return [floatMatrix(Float32Array.from(await output.data()), rows)];
      } finally {
        features.dispose();
        output.dispose();
      }
    },
    release() {
      model.dispose();
      return Promise.resolve();
    },
  };
}
