import { workerData } from 'node:worker_threads';
import type { InferenceWorkerData } from '../../shared/platform/inference/inference-protocol.ts';
import { serveInference } from '../../shared/platform/inference/serve-inference.ts';

/** Answers the requests of one inference thread of the prediction service: one model, of any format that the mesh serves. */
export const handle = serveInference(workerData as InferenceWorkerData, {
  onnx: async () => (await import('../../shared/platform/inference/onnx-model.ts')).openOnnxModel,
  tfjs: async () => (await import('./tfjs-model.ts')).openTfjsModel,
});
