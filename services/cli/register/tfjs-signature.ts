// For its side effect: a backend that needs no files, since weights have to lie somewhere.
import '@tensorflow/tfjs-backend-cpu';
import type { TensorSpec } from '../../shared/compute/tensor/tensor.ts';
import { dataTypeOfTf } from '../../shared/compute/tensor/tf-data-type.ts';
import { decodeTfjsArtifact, type TfjsArtifact } from '../../shared/compute/tfjs-artifact.ts';
import { readGraphSignature } from '../../shared/compute/tfjs-graph.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import type { ModelSignature } from '../../shared/platform/inference/onnx-signature.ts';
import { openTfjsGraph, openTfjsLayers } from '../../shared/platform/inference/open-tfjs.ts';

/**
 * Opens a tfjs model in one file and gives what it takes and gives.
 * @throws {MeshError} INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED; DATA_LOSS / ARTIFACT_CORRUPT
 */
export async function readTfjsSignature(bytes: Uint8Array): Promise<ModelSignature> {
  const artifact = decodeTfjsArtifact(bytes);
  if (artifact.graph === undefined) return await layersSignature(artifact);
  const signature = readGraphSignature(artifact);
  await opened(() => openTfjsGraph(artifact));
  return signature;
}

async function layersSignature(artifact: TfjsArtifact): Promise<ModelSignature> {
  const model = await opened(() => openTfjsLayers(artifact));
  return { inputs: model.inputs.map(specOf), outputs: model.outputs.map(specOf) };
}

async function opened<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    throw unsupported(`TensorFlow.js can't open it: ${messageOf(cause)}`, cause);
  }
}

function specOf(tensor: {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly (number | null)[];
}): TensorSpec {
  const { name, dtype, shape } = tensor;
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
