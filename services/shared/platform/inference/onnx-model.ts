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
  assertTensor({ spec, side: 'input', known: session.inputNames, wanted: spec.inputName });
  assertTensor({ spec, side: 'output', known: session.outputNames, wanted: spec.outputName });
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

function assertTensor(options: {
  readonly spec: ModelSpec;
  readonly side: 'input' | 'output';
  readonly known: readonly string[];
  readonly wanted: string;
}): void {
  if (options.known.includes(options.wanted)) return;
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'TENSOR_SHAPE',
    message: `the signature of ${options.spec.name} names the ${options.side} '${options.wanted}', the artifact has ${options.known.join(', ')}`,
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
