import type { InferenceWorkerData } from '../../services/shared/platform/inference/inference-protocol.ts';
import { onnxOpener } from '../../services/shared/platform/inference/onnx-model.ts';
import { serveInference } from '../../services/shared/platform/inference/serve-inference.ts';
import { serveProcess } from '../../services/shared/platform/worker/serve-process.ts';

// ONNX Runtime in a process of its own, where the native TensorFlow may not be there to be tested.
serveProcess((data: InferenceWorkerData) =>
  serveInference(data, { onnx: () => Promise.resolve(onnxOpener(data.provider)) }),
);
