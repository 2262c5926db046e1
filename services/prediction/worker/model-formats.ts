import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { InferenceWorkerData } from '../../shared/platform/inference/inference-protocol.ts';
import type { ModelFormats } from '../../shared/platform/inference/serve-inference.ts';

/** Gives how each format that the mesh serves is opened where there is no native TensorFlow. */
export function modelFormats(data: InferenceWorkerData): ModelFormats {
  return {
    'saved-model': () => Promise.reject(savedModelNeedsNative(data.spec.name)),
    onnx: async () => {
      const { onnxOpener } = await import('../../shared/platform/inference/onnx-model.ts');
      return onnxOpener(data.provider);
    },
    tfjs: async () => {
      const { openTfjsModel } = await import('./tfjs-model.ts');
      const { startTfjsWasm } = await import('./tfjs-wasm.ts');
      return (bytes, spec) => openTfjsModel(bytes, spec, startTfjsWasm);
    },
  };
}

function savedModelNeedsNative(name: string): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'ARTIFACT_UNSUPPORTED',
    message: `a SavedModel runs on the native TensorFlow alone, which is not here: wanted it for ${name}; npm run setup:gpu -- --tensorflow-cpu installs it, or register the model as onnx or tfjs`,
  });
}
