import { InferenceSession } from 'onnxruntime-node';
import type { TensorSpec } from '../../compute/tensor/tensor.ts';
import { MeshError, messageOf } from '../../kernel/mesh-error.ts';
import { dataTypeOf } from './onnx-tensor.ts';

/** What a model file says that it takes and gives. */
export interface ModelSignature {
  readonly inputs: readonly TensorSpec[];
  /** A shape that the file does not tell is empty. */
  readonly outputs: readonly TensorSpec[];
}

/**
 * Opens an ONNX model and gives what it takes and gives; a symbolic dimension is -1. The native parser sees the bytes, so what nobody vouches for belongs into a
 * process of its own.
 * @throws {MeshError} INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED when ONNX Runtime can't open it, or an input or output is no tensor of the protocol
 */
export async function readOnnxSignature(bytes: Uint8Array): Promise<ModelSignature> {
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(bytes, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3, // errors alone: what it would warn of is written nowhere
    });
  } catch (cause) {
    throw unsupported(`ONNX Runtime can't open it: ${messageOf(cause)}`, cause);
  }
  try {
    return {
      inputs: session.inputMetadata.map(specOf),
      outputs: session.outputMetadata.map(specOf),
    };
  } finally {
    await session.release();
  }
}

function specOf(metadata: InferenceSession.ValueMetadata): TensorSpec {
  const { name } = metadata;
  if (!metadata.isTensor) {
    throw unsupported(
      `'${name}' is no tensor; export it without sequences and maps (in scikit-learn, zipmap off)`,
    );
  }
  const dataType = dataTypeOf(metadata.type);
  if (dataType === undefined) {
    throw unsupported(`'${name}' is of type ${metadata.type}, which the protocol does not have`);
  }
  const shape = metadata.shape.map((size) => (typeof size === 'number' && size > 0 ? size : -1));
  return { name, dataType, shape };
}

function unsupported(message: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'ARTIFACT_UNSUPPORTED',
    message,
    cause,
  });
}
