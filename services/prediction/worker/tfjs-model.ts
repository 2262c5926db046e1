import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { io, setBackend, type Tensor, tensor2d } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { decodeTfjsArtifact } from '../../shared/compute/tfjs-artifact.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { LoadedModel, ModelSpec } from '../../shared/platform/inference/model-spec.ts';

/**
 * Opens a TensorFlow.js layers model on this thread, on WebAssembly with one thread.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT when it cannot be read; FAILED_PRECONDITION / TENSOR_SHAPE when it takes
 * or gives another number of columns than its signature says.
 */
export async function openTfjsModel(bytes: Uint8Array, spec: ModelSpec): Promise<LoadedModel> {
  await startBackend();
  const model = await readModel(bytes, spec);
  assertColumns(spec, 'input', model.inputs[0]?.shape.at(-1), spec.columns);
  assertColumns(spec, 'output', model.outputs[0]?.shape.at(-1), spec.outputs);
  return {
    backend: 'tfjs-wasm',
    async infer(input, rows) {
      const features = tensor2d(input, [rows, spec.columns]);
      const results = model.predict(features, { batchSize: rows });
      const output = Array.isArray(results) ? results[0] : results;
      try {
        return await floatsOf(output, rows, spec);
      } finally {
        // Memory of WebAssembly is not collected.
        features.dispose();
        output?.dispose();
      }
    },
  };
}

async function startBackend(): Promise<void> {
  // The files lie in the package; without the paths tfjs would fetch them.
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${dirname(entry)}${sep}`);
  setThreadsCount(1);
  if (await setBackend('wasm')) return;
  throw new MeshError({
    code: 'INTERNAL',
    reason: 'INFERENCE_FAILED',
    message: 'the WebAssembly backend of TensorFlow.js does not start; install the packages again',
  });
}

async function readModel(bytes: Uint8Array, spec: ModelSpec): Promise<LayersModel> {
  const { modelTopology, weightSpecs, weights } = decodeTfjsArtifact(bytes);
  try {
    return await loadLayersModel(
      io.fromMemory({
        modelTopology,
        weightSpecs: weightSpecs.map((weight) => ({ ...weight, shape: [...weight.shape] })),
        // A copy: tfjs wants a buffer of its own, and the view need not be aligned.
        weightData: Uint8Array.from(weights).buffer,
      }),
    );
  } catch (cause) {
    throw unreadable(spec, cause);
  }
}

function assertColumns(
  spec: ModelSpec,
  side: string,
  got: number | null | undefined,
  wanted: number,
): void {
  if (got === wanted) return;
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'TENSOR_SHAPE',
    message: `the signature of ${spec.name} says ${wanted} columns of ${side}, its artifact has ${got ?? 'none'}`,
  });
}

async function floatsOf(
  output: Tensor | undefined,
  rows: number,
  spec: ModelSpec,
): Promise<Float32Array> {
  const values = await output?.data();
  if (values instanceof Float32Array && values.length === rows * spec.outputs) return values;
  throw new MeshError({
    code: 'INTERNAL',
    reason: 'TENSOR_SHAPE',
    message: `wanted float32 [${rows}, ${spec.outputs}] from ${spec.name}, got [${output?.shape.join(', ') ?? ''}]; its signature is wrong`,
  });
}

function unreadable({ name }: ModelSpec, cause: unknown): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'ARTIFACT_CORRUPT',
    message: `TensorFlow.js cannot read the artifact of ${name}; register the version again from a sound file`,
    cause,
  });
}
