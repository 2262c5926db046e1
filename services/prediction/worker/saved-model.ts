import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { NamedTensorMap, Tensor as TfTensor } from '@tensorflow/tfjs-core';
import { decodeFolder } from '../../shared/compute/folder-artifact.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import type { LoadedModel, ModelSpec } from '../../shared/platform/inference/model-spec.ts';
import {
  readSavedModelSignature,
  servingSignature,
  servingTag,
} from '../../shared/platform/inference/saved-model-signature.ts';
import { assertSignature } from './assert-signature.ts';
import { startNativeTensorFlow } from './tensorflow-native.ts';
import { fromTf, toTf } from './tfjs-tensor.ts';

type Results = TfTensor | TfTensor[] | NamedTensorMap;

/** A SavedModel that is open: what of it is used here. */
interface OpenSavedModel {
  predict(inputs: NamedTensorMap): Results;
  dispose(): void;
}

/**
 * Opens a SavedModel, a folder in one file, on the native TensorFlow: the signature that {@link readSavedModelSignature} reads.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT; FAILED_PRECONDITION / TENSOR_SHAPE when its inputs or outputs are not those
 * that the signature names; FAILED_PRECONDITION / ARTIFACT_UNSUPPORTED where the native TensorFlow does not load
 */
export async function openSavedModel(bytes: Uint8Array, spec: ModelSpec): Promise<LoadedModel> {
  const backend = await startNativeTensorFlow();
  const model = await readModel(bytes, spec);
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
        for (const output of allOf(results)) output.dispose();
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
    const files = decodeFolder(bytes);
    assertSignature(spec, readSavedModelSignature(files));
    for (const file of files) {
      const path = join(folder, file.path);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, file.bytes);
    }
    const model = await node.loadSavedModel(folder, [servingTag], servingSignature);
    return {
      predict: (inputs) => model.predict(inputs),
      dispose: () => model.dispose(),
    };
  } catch (cause) {
    const isKnown = cause instanceof MeshError && cause.code === 'FAILED_PRECONDITION';
    throw isKnown ? cause : unreadable(spec, messageOf(cause), cause);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One output may come by itself, more come by their names. */
function outputOf(results: Results, name: string, at: number): TfTensor | undefined {
  if (Array.isArray(results)) return results[at];
  return isTensor(results) ? results : results[name];
}

/** Those that nobody wants, too: native memory is not collected. */
function allOf(results: Results): readonly TfTensor[] {
  if (Array.isArray(results)) return results;
  return isTensor(results) ? [results] : Object.values(results);
}

function isTensor(results: TfTensor | NamedTensorMap): results is TfTensor {
  return typeof results['dtype'] === 'string';
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
