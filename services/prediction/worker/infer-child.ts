import type { InferenceWorkerData } from '../../shared/platform/inference/inference-protocol.ts';
import { serveInference } from '../../shared/platform/inference/serve-inference.ts';
import { serveProcess } from '../../shared/platform/worker/serve-process.ts';
import { startNativeTensorFlow } from './tensorflow-native.ts';

// The binding warns of each output of INT64, at each call.
console.warn = () => undefined;

// One model in a process of its own, on the native TensorFlow.
serveProcess((data: InferenceWorkerData) =>
  serveInference(data, {
    tfjs: async () => {
      const { openTfjsModel } = await import('./tfjs-model.ts');
      return (bytes, spec) => openTfjsModel(bytes, spec, startNativeTensorFlow);
    },
    'saved-model': async () => (await import('./saved-model.ts')).openSavedModel,
  }),
);
