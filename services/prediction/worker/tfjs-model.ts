import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import type { TensorSpec } from '../../shared/compute/tensor/tensor.ts';
import { dataTypeOfTf } from '../../shared/compute/tensor/tf-data-type.ts';
import { decodeTfjsArtifact } from '../../shared/compute/tfjs-artifact.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { LoadedModel, ModelSpec } from '../../shared/platform/inference/model-spec.ts';
import { fromTf, toTf } from './tfjs-tensor.ts';

/** Starts a runtime of TensorFlow in this process or thread, and gives its name. */
export type StartTensorFlow = () => Promise<string>;

/**
 * Opens a TensorFlow.js layers model on a runtime.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT when it cannot be read; FAILED_PRECONDITION / TENSOR_SHAPE when it takes
 * or gives another number of columns than its signature says.
 */
export async function openTfjsModel(
  bytes: Uint8Array,
  spec: ModelSpec,
  start: StartTensorFlow,
): Promise<LoadedModel> {
  const backend = await start();
  const model = await readModel(bytes, spec);
  assertTensors(spec, 'inputs', model.inputs, spec.inputs);
  assertTensors(spec, 'outputs', model.outputs, spec.outputs);
  return {
    backend,
    async run(inputs) {
      const features = inputs.map((tensor, at) => toTf(spec.inputs[at]?.name ?? '', tensor));
      const rows = inputs[0]?.shape[0] ?? 1;
      // All rows in one go: the default cuts them into parts of 32.
      const results = model.predict(features, { batchSize: Math.max(1, rows) });
      const outputs = Array.isArray(results) ? results : [results];
      try {
        return await Promise.all(
          outputs.map((output, at) => fromTf(spec.outputs[at]?.name ?? '', output)),
        );
      } finally {
        // Memory of WebAssembly is not collected.
        for (const tensor of [...features, ...outputs]) tensor.dispose();
      }
    },
    release() {
      model.dispose();
      return Promise.resolve();
    },
  };
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

function assertTensors(
  spec: ModelSpec,
  side: string,
  found: readonly { readonly dtype: string; readonly shape: readonly (number | null)[] }[],
  wanted: readonly TensorSpec[],
): void {
  const isFitting =
    found.length === wanted.length &&
    wanted.every(({ dataType, shape }, at) => {
      const tensor = found[at];
      return (
        tensor !== undefined &&
        dataTypeOfTf(tensor.dtype) === dataType &&
        tensor.shape.length === shape.length &&
        tensor.shape.every((size, axis) => size === null || shape[axis] === size)
      );
    });
  if (isFitting) return;
  const has = found.map(
    ({ dtype, shape }) => `${dtype} [${shape.map((size) => size ?? -1).join(', ')}]`,
  );
  const says = wanted.map(({ dataType, shape }) => `${dataType} [${shape.join(', ')}]`);
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'TENSOR_SHAPE',
    message: `the signature of ${spec.name} says ${says.join(', ')} for its ${side}, its artifact has ${has.join(', ')}`,
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
