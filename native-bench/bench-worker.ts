import { workerData } from 'node:worker_threads';
import type { InferenceWorkerData } from '../services/shared/platform/inference/inference-protocol.ts';
import { serveInference } from '../services/shared/platform/inference/serve-inference.ts';
import { serveThread } from '../services/shared/platform/worker/serve-thread.ts';
import { benchFormats } from './open-bench-model.ts';

/** Answers the requests of one inference thread, as the worker of the prediction service does, of the benchmark's formats too. */
export const handle = serveThread(serveInference(workerData as InferenceWorkerData, benchFormats));
