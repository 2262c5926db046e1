import { workerData } from 'node:worker_threads';
import type { InferenceWorkerData } from '../../shared/platform/inference/inference-protocol.ts';
import { openOnnxModel } from '../../shared/platform/inference/onnx-model.ts';
import { serveInference } from '../../shared/platform/inference/serve-inference.ts';
import { serveThread } from '../../shared/platform/worker/serve-thread.ts';

/** Answers the requests of the router's inference thread: one fallback model, of the one runtime that starts in milliseconds. */
export const handle = serveThread(
  serveInference(workerData as InferenceWorkerData, {
    onnx: () => Promise.resolve(openOnnxModel),
  }),
);
