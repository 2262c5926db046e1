import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { NamedTensorMap, Tensor as TfTensor } from '@tensorflow/tfjs-core';
import { decodeFolder } from '../../shared/compute/folder-artifact.ts';
import type { TensorSpec } from '../../shared/compute/tensor/tensor.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import type { LoadedModel, ModelSpec } from '../../shared/platform/inference/model-spec.ts';
import { startNativeTensorFlow } from './tensorflow-native.ts';
import { dataTypeOfTf, fromTf, toTf } from './tfjs-tensor.ts';

/** What a signature of a SavedModel says of its tensors, by their names. */
type TensorInfos = Readonly<Record<string, { readonly dtype: string }>>;

/** A SavedModel that is open: what of it is used here. */
interface OpenSavedModel {
  readonly inputs: TensorInfos;
  readonly outputs: TensorInfos;
  predict(inputs: NamedTensorMap): TfTensor | TfTensor[] | NamedTensorMap;
  dispose(): void;
}

const tag = 'serve';
const signatureName = 'serving_default';

/**
 * Opens a SavedModel, a folder in one file, on the native TensorFlow: the signature `serving_default` of the tag `serve`.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT; FAILED_PRECONDITION / TENSOR_SHAPE when its inputs or outputs are not those
 * that the signature names; FAILED_PRECONDITION / ARTIFACT_UNSUPPORTED where the native TensorFlow does not load
 */
export async function openSavedModel(bytes: Uint8Array, spec: ModelSpec): Promise<LoadedModel> {
  const backend = await startNativeTensorFlow();
  const model = await readModel(bytes, spec);
  assertTensors(spec, spec.inputs, model.inputs);
  assertTensors(spec, spec.outputs, model.outputs);
  return {
    backend,
    async run(inputs) {
      const feeds = inputs.map((tensor, at) => {
        const name = spec.inputs[at]?.name ?? '';
        return [name, toTf(name, tensor)] as const;
      });
      const results = model.predict(Object.fromEntries(feeds));
      const outputs = spec.outputs.map(({ name }, at) => outputOf(results, name, at));
      try {
        return await Promise.all(
          outputs.map((output, at) => {
            const name = spec.outputs[at]?.name ?? '';
            if (output === undefined) throw missingOutput(spec, name);
            return fromTf(name, output);
          }),
        );
      } finally {
        for (const [, tensor] of feeds) tensor.dispose();
        for (const output of outputs) output?.dispose();
      }
    },
    release() {
      model.dispose();
      return Promise.resolve();
    },
  };
}

/** TensorFlow reads a SavedModel from a folder alone. */
async function readModel(bytes: Uint8Array, spec: ModelSpec): Promise<OpenSavedModel> {
  const { node } = await import('@tensorflow/tfjs-node-gpu');
  const folder = await mkdtemp(join(tmpdir(), 'mlmesh-saved-model-'));
  try {
    for (const file of decodeFolder(bytes)) {
      const path = join(folder, file.path);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, file.bytes);
    }
    const graphs = await node.getMetaGraphsFromSavedModel(folder);
    const signature = graphs.find(({ tags }) => tags.includes(tag))?.signatureDefs[signatureName];
    if (signature === undefined) throw unreadable(spec, `it has no signature ${signatureName}`);
    const model = await node.loadSavedModel(folder, [tag], signatureName);
    return {
      inputs: signature.inputs,
      outputs: signature.outputs,
      predict: (inputs) => model.predict(inputs),
      dispose: () => model.dispose(),
    };
  } catch (cause) {
    throw cause instanceof MeshError ? cause : unreadable(spec, messageOf(cause), cause);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One output comes by itself, more by their names. */
function outputOf(
  results: TfTensor | TfTensor[] | NamedTensorMap,
  name: string,
  at: number,
): TfTensor | undefined {
  if (Array.isArray(results)) return results[at];
  return isTensor(results) ? results : results[name];
}

function isTensor(results: TfTensor | NamedTensorMap): results is TfTensor {
  return typeof results['dtype'] === 'string';
}

function assertTensors(spec: ModelSpec, wanted: readonly TensorSpec[], found: TensorInfos): void {
  for (const { name, dataType } of wanted) {
    const info = found[name];
    if (info !== undefined && dataTypeOfTf(info.dtype) === dataType) continue;
    const has = Object.entries(found)
      .map(([each, { dtype }]) => `${each} ${dtype}`)
      .join(', ');
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'TENSOR_SHAPE',
      message: `the signature of ${spec.name} names ${name} ${dataType}, the artifact has ${has || 'none'}`,
    });
  }
}

function missingOutput(spec: ModelSpec, name: string): MeshError {
  return new MeshError({
    code: 'INTERNAL',
    reason: 'TENSOR_SHAPE',
    message: `${spec.name} gave no output ${name}; its signature is wrong`,
  });
}

function unreadable({ name }: ModelSpec, why: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'ARTIFACT_CORRUPT',
    message: `TensorFlow cannot read the artifact of ${name}: ${why}; register the version again from a sound folder`,
    cause,
  });
}
