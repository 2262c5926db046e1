import { workerData } from 'node:worker_threads';
import type { InferenceWorkerData } from '../../shared/platform/inference/inference-protocol.ts';
import { serveInference } from '../../shared/platform/inference/serve-inference.ts';
import { serveThread } from '../../shared/platform/worker/serve-thread.ts';
import { modelFormats } from './model-formats.ts';

const data = workerData as InferenceWorkerData;

/** Answers the requests of one inference thread of the prediction service: one model, of any format that the mesh serves. */
export const handle = serveThread(serveInference(data, modelFormats(data)));
