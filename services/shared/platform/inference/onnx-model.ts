// ONNX Runtime has one home, here in platform, because two services run it that may not import each other: prediction,
// whose every model may be ONNX, and the router, whose fallback model is.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { MeshError } from '../../kernel/mesh-error.ts';
import type { LoadedModel, ModelSpec } from './model-spec.ts';

const sessionOptions: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  // One call runs on one thread: models here are small, and the default (a thread a core, which spin) would have the
  // sessions fight over the cores.
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
};

/**
 * Opens an ONNX model on this thread.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT when ONNX Runtime cannot read it; FAILED_PRECONDITION / TENSOR_SHAPE when
 * its input or output is not the one that the signature names.
 */
export async function openOnnxModel(bytes: Uint8Array, spec: ModelSpec): Promise<LoadedModel> {
  const session = await createSession(bytes, spec);
  assertMatrix(spec, session.inputMetadata, { name: spec.inputName, columns: spec.columns });
  assertMatrix(spec, session.outputMetadata, { name: spec.outputName, columns: spec.outputs });
  const fetches = [spec.outputName];
  return {
    backend: 'onnxruntime',
    async infer(input, rows) {
      const results = await session.run(
        { [spec.inputName]: new Tensor('float32', input, [rows, spec.columns]) },
        fetches,
      );
      return floatsOf(results[spec.outputName], rows, spec);
    },
  };
}

async function createSession(bytes: Uint8Array, spec: ModelSpec): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, sessionOptions);
  } catch (cause) {
    throw unreadable(spec, cause);
  }
}

function assertMatrix(
  spec: ModelSpec,
  tensors: readonly InferenceSession.ValueMetadata[],
  wanted: { readonly name: string; readonly columns: number },
): void {
  const found = tensors.find(({ name }) => name === wanted.name);
  const columns = found?.isTensor === true ? found.shape.at(-1) : undefined;
  // A symbolic dimension is a text: the first run shows what it is.
  if (columns === wanted.columns || typeof columns === 'string') return;
  const has = tensors.map((tensor) =>
    tensor.isTensor ? `${tensor.name} [${tensor.shape.join(', ')}]` : tensor.name,
  );
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'TENSOR_SHAPE',
    message: `the signature of ${spec.name} names ${wanted.name} [-1, ${wanted.columns}], the artifact has ${has.join(', ')}`,
  });
}

function floatsOf(tensor: Tensor | undefined, rows: number, spec: ModelSpec): Float32Array {
  const wanted = rows * spec.outputs;
  if (tensor?.data instanceof Float32Array && tensor.data.length === wanted) return tensor.data;
  throw new MeshError({
    code: 'INTERNAL',
    reason: 'TENSOR_SHAPE',
    message: `wanted float32 [${rows}, ${spec.outputs}] from ${spec.name}, got ${tensor?.type ?? 'nothing'} [${tensor?.dims.join(', ') ?? ''}]; its signature is wrong`,
  });
}

function unreadable({ name }: ModelSpec, cause: unknown): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'ARTIFACT_CORRUPT',
    message: `ONNX Runtime cannot read the artifact of ${name}; register the version again from a sound file`,
    cause,
  });
}
