import { encodeBytesElements } from '../../compute/tensor/bytes-elements.ts';
import { elementBytes } from '../../compute/tensor/data-type.ts';
import { elementCount, type Tensor, type TensorSpec } from '../../compute/tensor/tensor.ts';
import type { LoadedModel, ModelSpec } from './model-spec.ts';

// Of one row and of a batch: the first run of a shape allocates what later ones find there.
const warmUpRows = [1, 1, 32] as const;

/**
 * Runs a model on zeros, so that the first caller does not pay for the first run. Zeros are rows of a feature set, but may be nothing that another model takes: one
 * that refuses a text that it has not learnt, or dimensions of 1 where its shape is open beside the batch, stays cold.
 * @throws {MeshError} INTERNAL / TENSOR_SHAPE or INFERENCE_FAILED.
 */
export async function warmUp(model: LoadedModel, spec: ModelSpec): Promise<void> {
  const isOpen = spec.inputs.some(({ shape }) => shape.slice(spec.isBatched ? 1 : 0).includes(-1));
  const isGuess = isOpen || !spec.isFiniteOnly;
  for (const rows of spec.isBatched ? warmUpRows : ([1, 1] as const)) {
    const run = model.run(zeroInputs(spec, rows));
    if (isGuess) await run.catch(() => undefined);
    else await run;
  }
}

/** Gives inputs of zeros: so many rows of a model that is batched, one of another. */
export function zeroInputs(spec: ModelSpec, rows: number): readonly Tensor[] {
  return spec.inputs.map((input) => zeros(input, spec.isBatched ? rows : 1));
}

function zeros({ name, dataType, shape }: TensorSpec, rows: number): Tensor {
  const closed = shape.map((size, at) => (size !== -1 ? size : at === 0 ? rows : 1));
  const elements = elementCount(name, closed);
  const size = elementBytes[dataType];
  const bytes =
    size === undefined
      ? encodeBytesElements(Array.from({ length: elements }, () => new Uint8Array()))
      : new Uint8Array(elements * size);
  return { dataType, shape: closed, bytes };
}
