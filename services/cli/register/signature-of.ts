import type { TensorSpec } from '../../shared/compute/tensor/tensor.ts';
import type { ModelSignature } from '../../shared/platform/inference/onnx-signature.ts';
import { UsageError } from '../exit-code.ts';

/** A shape that whoever registers a model knows better than its file. */
export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * Gives a signature with the shapes that were named in place of those of the file.
 * @throws {UsageError} when one is named that the model does not have, or given another number of dimensions than its file tells
 */
export function withShapes(
  { inputs, outputs }: ModelSignature,
  shapes: readonly NamedShape[],
): ModelSignature {
  const known = [...inputs, ...outputs].map(({ name }) => name);
  const stranger = shapes.find(({ name }) => !known.includes(name));
  if (stranger !== undefined) {
    throw new UsageError(`--shape: wanted one of ${known.join(', ')}, got '${stranger.name}'`);
  }
  for (const { name, shape } of [...inputs, ...outputs]) {
    const given = shapes.find((each) => each.name === name)?.shape;
    // No dimension is also what a file tells that does not know how many there are.
    if (given === undefined || shape.length === 0 || given.length === shape.length) continue;
    throw new UsageError(
      `--shape: wanted ${shape.length} dimensions for ${name}, which is [${shape.join(', ')}] in the file, got [${given.join(', ')}]`,
    );
  }
  const corrected = (spec: TensorSpec) => ({
    ...spec,
    shape: shapes.find(({ name }) => name === spec.name)?.shape ?? spec.shape,
  });
  return { inputs: inputs.map(corrected), outputs: outputs.map(corrected) };
}

/** Reads `name=2,-1,128`; nothing after the sign is a scalar. @throws {UsageError} */
export function parseShape(text: string): NamedShape {
  const [, name = '', dimensions = ''] =
    /^([^=]+)=((?:-1|[1-9]\d*)(?:,(?:-1|[1-9]\d*))*|)$/.exec(text) ?? [];
  if (name === '') {
    throw new UsageError(`--shape: wanted <name>=<dimensions> such as label=-1, got '${text}'`);
  }
  return { name, shape: dimensions === '' ? [] : dimensions.split(',').map(Number) };
}

/** Reads `name=0.93`. @throws {UsageError} */
export function parseMetric(text: string): readonly [string, number] {
  const at = text.lastIndexOf('=');
  const value = Number(text.slice(at + 1));
  if (at > 0 && text.slice(at + 1).trim() !== '' && Number.isFinite(value)) {
    return [text.slice(0, at), value];
  }
  throw new UsageError(`--metric: wanted <name>=<number> such as accuracy=0.93, got '${text}'`);
}

/** Writes a tensor, for people: `sr INT64 []`. */
export function tensorText({ name, dataType, shape }: TensorSpec): string {
  return `${name} ${dataType} [${shape.join(', ')}]`;
}
