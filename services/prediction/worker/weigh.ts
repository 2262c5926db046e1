// A process of its own: memory is that of a process, and one that runs a single model says what that takes.
import type { InferenceWorkerData } from '../../shared/platform/inference/inference-protocol.ts';
import { type WeighRequest, weighModel } from '../../shared/platform/inference/weigh-model.ts';
import { serveProcess } from '../../shared/platform/worker/serve-process.ts';
import { toWorkerOutcome } from '../../shared/platform/worker/worker-outcome.ts';
import { modelFormats } from './model-formats.ts';

serveProcess((data: InferenceWorkerData) => {
  const formats = modelFormats(data);
  return (request: WeighRequest) =>
    toWorkerOutcome(() => weighModel(data, formats, request), 'INFERENCE_FAILED');
});
