import type { OpenModel } from '../services/shared/platform/inference/model-spec.ts';
import type { ModelFormats } from '../services/shared/platform/inference/serve-inference.ts';
import type { BenchFormat } from './bench-model.ts';

/** How to open each format; a runtime is loaded by whoever opens its format, and by nobody else. */
export const benchFormats: ModelFormats & Readonly<Record<BenchFormat, () => Promise<OpenModel>>> =
  {
    onnx: async () =>
      (await import('../services/shared/platform/inference/onnx-model.ts')).openOnnxModel,
    'onnx-cuda': async () =>
      (await import('../services/shared/platform/inference/onnx-model.ts')).onnxOpener('cuda'),
    tfjs: async () => {
      const { openTfjsModel } = await import('../services/prediction/worker/tfjs-model.ts');
      const { startTfjsWasm } = await import('../services/prediction/worker/tfjs-wasm.ts');
      return (bytes, spec) => openTfjsModel(bytes, spec, startTfjsWasm);
    },
    'tfjs-cpu': async () => (await import('./tfjs-cpu-model.ts')).openTfjsCpuModel,
    plain: async () => (await import('./plain-model.ts')).openPlainModel,
  };
