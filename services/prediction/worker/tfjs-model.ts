import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import type { TensorSpec } from '../../shared/compute/tensor/tensor.ts';
import { dataTypeOfTf } from '../../shared/compute/tensor/tf-data-type.ts';
import { decodeTfjsArtifact, type TfjsArtifact } from '../../shared/compute/tfjs-artifact.ts';
import { isDynamicGraph, readGraphSignature } from '../../shared/compute/tfjs-graph.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { LoadedModel, ModelSpec } from '../../shared/platform/inference/model-spec.ts';
import { openTfjsGraph, openTfjsLayers } from '../../shared/platform/inference/open-tfjs.ts';
import { assertSignature } from './assert-signature.ts';
import { fromTf, toTf } from './tfjs-tensor.ts';

/** Starts a runtime of TensorFlow in this process or thread, and gives its name. */
export type StartTensorFlow = () => Promise<string>;

/** A model that is open on a runtime, with its tensors in the order of the spec. */
interface OpenTfjs {
  run(inputs: readonly TfTensor[], rows: number): Promise<readonly TfTensor[]>;
  /** Tensors that may come as outputs and have to stay. */
  readonly kept: ReadonlySet<TfTensor>;
  dispose(): void;
}

/**
 * Opens a TensorFlow.js model, of layers or a graph, on a runtime.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT when it cannot be read; FAILED_PRECONDITION / TENSOR_SHAPE when it takes
 * or gives other tensors than its signature says.
 */
export async function openTfjsModel(
  bytes: Uint8Array,
  spec: ModelSpec,
  start: StartTensorFlow,
): Promise<LoadedModel> {
  const backend = await start();
  const artifact = decodeTfjsArtifact(bytes);
  const model = await (artifact.graph === undefined ? openLayers : openGraph)(artifact, spec);
  return {
    backend,
    async run(inputs) {
      const features = inputs.map((tensor, at) => toTf(spec.inputs[at]?.name ?? '', tensor));
      let outputs: readonly TfTensor[] = [];
      try {
        outputs = await model.run(features, inputs[0]?.shape[0] ?? 1);
        return await Promise.all(
          outputs.map((output, at) => fromTf(spec.outputs[at]?.name ?? '', output)),
        );
      } finally {
        // Memory of WebAssembly is not collected.
        for (const tensor of [...features, ...outputs]) {
          if (!model.kept.has(tensor)) tensor.dispose();
        }
      }
    },
    release() {
      model.dispose();
      return Promise.resolve();
    },
  };
}

/** Tensors of layers have an order, and names that nobody chose. */
async function openLayers(artifact: TfjsArtifact, spec: ModelSpec): Promise<OpenTfjs> {
  const model = await readable(spec, () => openTfjsLayers(artifact));
  assertTensors(spec, 'inputs', model.inputs, spec.inputs);
  assertTensors(spec, 'outputs', model.outputs, spec.outputs);
  return {
    run(inputs, rows) {
      // All rows in one go: the default cuts them into parts of 32.
      const results = model.predict([...inputs], { batchSize: Math.max(1, rows) });
      return Promise.resolve(Array.isArray(results) ? results : [results]);
    },
    kept: new Set(),
    dispose: () => model.dispose(),
  };
}

async function openGraph(artifact: TfjsArtifact, spec: ModelSpec): Promise<OpenTfjs> {
  assertSignature(spec, readGraphSignature(artifact));
  const model = await readable(spec, () => openTfjsGraph(artifact));
  const names = spec.outputs.map(({ name }) => name);
  const isDynamic = isDynamicGraph(artifact);
  return {
    async run(inputs) {
      const feeds = Object.fromEntries(
        inputs.map((tensor, at) => [spec.inputs[at]?.name ?? '', tensor]),
      );
      const results = isDynamic
        ? await model.executeAsync(feeds, names)
        : model.execute(feeds, names);
      return Array.isArray(results) ? results : [results];
    },
    kept: new Set(Object.values(model.weights).flat()),
    dispose: () => model.dispose(),
  };
}

async function readable<T>(spec: ModelSpec, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
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
