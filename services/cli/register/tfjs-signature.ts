// For its side effect: a backend that needs no files, since weights have to lie somewhere.
import '@tensorflow/tfjs-backend-cpu';
import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import type { TensorSpec } from '../../shared/compute/tensor/tensor.ts';
import { dataTypeOfTf } from '../../shared/compute/tensor/tf-data-type.ts';
import { decodeTfjsArtifact } from '../../shared/compute/tfjs-artifact.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import type { ModelSignature } from '../../shared/platform/inference/onnx-signature.ts';

/**
 * Opens a tfjs layers model in one file and gives what it takes and gives.
 * @throws {MeshError} INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED; DATA_LOSS / ARTIFACT_CORRUPT
 */
export async function readTfjsSignature(bytes: Uint8Array): Promise<ModelSignature> {
  const model = await open(bytes);
  return { inputs: model.inputs.map(specOf), outputs: model.outputs.map(specOf) };
}

async function open(bytes: Uint8Array): Promise<LayersModel> {
  const { modelTopology, weightSpecs, weights } = decodeTfjsArtifact(bytes);
  try {
    return await loadLayersModel(
      io.fromMemory({
        modelTopology,
        weightSpecs: weightSpecs.map((spec) => ({ ...spec, shape: [...spec.shape] })),
        weightData: Uint8Array.from(weights).buffer,
      }),
    );
  } catch (cause) {
    throw unsupported(`TensorFlow.js can't open it: ${messageOf(cause)}`, cause);
  }
}

function specOf({ name, dtype, shape }: LayersModel['inputs'][number]): TensorSpec {
  const dataType = dataTypeOfTf(dtype);
  if (dataType === undefined) {
    throw unsupported(`'${name}' is of type ${dtype}, which the protocol does not have`);
  }
  return { name, dataType, shape: shape.map((size) => size ?? -1) };
}

function unsupported(message: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'ARTIFACT_UNSUPPORTED',
    message,
    cause,
  });
}
