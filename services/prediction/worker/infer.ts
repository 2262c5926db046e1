import { workerData } from 'node:worker_threads';
import type { InferenceWorkerData } from '../../shared/platform/inference/inference-protocol.ts';
import { serveInference } from '../../shared/platform/inference/serve-inference.ts';

const data = workerData as InferenceWorkerData;

/** Answers the requests of one inference thread of the prediction service: one model, of any format that the mesh serves. */
export const handle = serveInference(data, {
  onnx: async () => {
    const { onnxOpener } = await import('../../shared/platform/inference/onnx-model.ts');
    return onnxOpener(data.provider);
  },
  tfjs: async () => (await import('./tfjs-model.ts')).openTfjsModel,
});
