// ONNX Runtime has one home, here in platform, because two services run it that may not import each other: prediction,
// whose every model may be ONNX, and the router, whose fallback model is.
import { InferenceSession } from 'onnxruntime-node';
import type { TensorSpec } from '../../compute/tensor/tensor.ts';
import { MeshError, messageOf } from '../../kernel/mesh-error.ts';
import { type ExecutionProviderName, onnxBackend } from './execution-provider.ts';
import type { LoadedModel, ModelSpec, OpenModel } from './model-spec.ts';
import { dataTypeOf, fromOnnx, toOnnx } from './onnx-tensor.ts';

const sessionOptions: InferenceSession.SessionOptions = {
  // One call runs on one thread: models here are small, and the default (a thread a core, which spin) would have the
  // sessions fight over the cores.
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
};

/** Gives how an ONNX model is opened on a provider; what CUDA has no kernel for runs on the CPU. */
export function onnxOpener(provider: ExecutionProviderName): OpenModel {
  return (bytes, spec) => open(bytes, spec, provider);
}

/** Opens an ONNX model on the CPU; see {@link onnxOpener}. */
export const openOnnxModel: OpenModel = onnxOpener('cpu');

/**
 * Opens an ONNX model on this thread.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT when ONNX Runtime cannot read it; FAILED_PRECONDITION / TENSOR_SHAPE when
 * its inputs or outputs are not those that the signature names.
 */
async function open(
  bytes: Uint8Array,
  spec: ModelSpec,
  provider: ExecutionProviderName,
): Promise<LoadedModel> {
  const session = await createSession(bytes, spec, provider);
  try {
    assertTensors(spec, spec.inputs, session.inputMetadata);
    assertTensors(spec, spec.outputs, session.outputMetadata);
    assertAllInputs(spec, session.inputMetadata);
  } catch (error) {
    await session.release();
    throw error;
  }
  const fetches = spec.outputs.map(({ name }) => name);
  return {
    backend: onnxBackend(provider),
    async run(inputs) {
      const feeds = inputs.map((tensor, at) => {
        const name = spec.inputs[at]?.name ?? '';
        return [name, toOnnx(name, tensor)] as const;
      });
      const results = await session.run(Object.fromEntries(feeds), fetches);
      return fetches.map((name) => {
        const output = results[name];
        if (output === undefined) throw missingOutput(spec, name);
        return fromOnnx(name, output);
      });
    },
    release: () => session.release(),
  };
}

async function createSession(
  bytes: Uint8Array,
  spec: ModelSpec,
  provider: ExecutionProviderName,
): Promise<InferenceSession> {
  const executionProviders = provider === 'cuda' ? [{ name: 'cuda', deviceId: 0 }, 'cpu'] : ['cpu'];
  try {
    return await InferenceSession.create(bytes, { ...sessionOptions, executionProviders });
  } catch (cause) {
    throw unreadable(spec, cause);
  }
}

function assertTensors(
  spec: ModelSpec,
  wanted: readonly TensorSpec[],
  found: readonly InferenceSession.ValueMetadata[],
): void {
  for (const tensor of wanted) {
    const metadata = found.find(({ name }) => name === tensor.name);
    if (metadata?.isTensor === true && isSame(tensor, metadata)) continue;
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'TENSOR_SHAPE',
      message: `the signature of ${spec.name} names ${describe(tensor)}, the artifact has ${found.map(describeFound).join(', ') || 'none'}`,
    });
  }
}

function isSame(wanted: TensorSpec, found: InferenceSession.TensorValueMetadata): boolean {
  if (dataTypeOf(found.type) !== wanted.dataType) return false;
  // ONNX tells a shape that it does not know as an empty one; the first run shows what it is.
  if (found.shape.length === 0) return true;
  return (
    found.shape.length === wanted.shape.length &&
    found.shape.every((size, at) => isSameSize(wanted.shape[at], size))
  );
}

/** A symbolic dimension is a text, and -1 leaves open what the artifact fixes: the first run shows what it is. */
function isSameSize(wanted: number | undefined, found: number | string): boolean {
  return typeof found === 'string' || found < 0 || wanted === -1 || wanted === found;
}

function assertAllInputs(spec: ModelSpec, found: readonly InferenceSession.ValueMetadata[]): void {
  const missing = found.find(({ name }) => !spec.inputs.some((input) => input.name === name));
  if (missing === undefined) return;
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'TENSOR_SHAPE',
    message: `the artifact of ${spec.name} wants ${describeFound(missing)}, which its signature does not name`,
  });
}

function describe({ name, dataType, shape }: TensorSpec): string {
  return `${name} ${dataType} [${shape.join(', ')}]`;
}

function describeFound(found: InferenceSession.ValueMetadata): string {
  if (!found.isTensor) return `${found.name} (no tensor)`;
  return `${found.name} ${dataTypeOf(found.type) ?? found.type} [${found.shape.join(', ')}]`;
}

function missingOutput(spec: ModelSpec, name: string): MeshError {
  return new MeshError({
    code: 'INTERNAL',
    reason: 'TENSOR_SHAPE',
    message: `${spec.name} gave no output ${name}; its signature is wrong`,
  });
}

function unreadable({ name }: ModelSpec, cause: unknown): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'ARTIFACT_CORRUPT',
    message: `ONNX Runtime cannot read the artifact of ${name}: ${messageOf(cause)}; register the version again from a sound file`,
    cause,
  });
}
