import type { TensorSpec } from '../../shared/compute/tensor/tensor.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { ModelSpec } from '../../shared/platform/inference/model-spec.ts';
import type { ModelSignature } from '../../shared/platform/inference/onnx-signature.ts';

/**
 * Checks that a spec names every input of its artifact, and no output that it does not have.
 * @throws {MeshError} FAILED_PRECONDITION / TENSOR_SHAPE
 */
export function assertSignature(spec: ModelSpec, found: ModelSignature): void {
  const isFitting =
    areIn(spec.inputs, found.inputs) &&
    areIn(found.inputs, spec.inputs) &&
    areIn(spec.outputs, found.outputs);
  if (isFitting) return;
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'TENSOR_SHAPE',
    message: `the signature of ${spec.name} ${textOf(spec)}, its artifact ${textOf(found)}; register the version again`,
  });
}

function areIn(specs: readonly TensorSpec[], others: readonly TensorSpec[]): boolean {
  return specs.every(({ name, dataType }) =>
    others.some((other) => other.name === name && other.dataType === dataType),
  );
}

function textOf({ inputs, outputs }: ModelSignature): string {
  const list = (specs: readonly TensorSpec[]) =>
    specs.map(({ name, dataType }) => `${name} ${dataType}`).join(', ') || 'nothing';
  return `takes ${list(inputs)} and gives ${list(outputs)}`;
}
