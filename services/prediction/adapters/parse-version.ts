import type { ModelVersion__Output } from '../../gen/mlmesh/registry/v1/ModelVersion.ts';
import type { TensorSpec } from '../../shared/compute/tensor/tensor.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { KnownVersion, ServableSpec } from '../core/servable-spec.ts';

// Rows do not know of each other: the service's own limit is the only one.
const rowsMax = 65_536;

/** Reads a version of the registry. One that cannot be served carries the reason, so that its state can say it. */
export function parseVersion(wire: ModelVersion__Output): KnownVersion {
  const { model, version } = wire;
  return { model, version, spec: specOf(wire) };
}

function specOf({
  model,
  version,
  provenance,
  signatureDigest,
}: ModelVersion__Output): ServableSpec | MeshError {
  const signature = provenance?.signature;
  if (!provenance || !signature) return unsupported(model, version, 'wanted a signature, got none');
  const input = soleTensor(signature.inputs);
  const output = soleTensor(signature.outputs);
  if (input === undefined || output === undefined) {
    const sides = `${shapesOf(signature.inputs)} to ${shapesOf(signature.outputs)}`;
    return unsupported(model, version, `wanted FP32 [-1, n] to FP32 [-1, m], got ${sides}`);
  }
  if (!/^[0-9a-f]{64}$/.test(provenance.artifactDigest)) {
    return unsupported(model, version, 'wanted a SHA-256 as artifact_digest');
  }
  return {
    model,
    version,
    artifactDigest: provenance.artifactDigest,
    artifactBytes: provenance.artifactBytes,
    artifactFormat: provenance.artifactFormat,
    signatureDigest,
    featureSetHash: signature.featureSetHash,
    inputs: [input],
    outputs: [output],
    batchRowsMax: rowsMax,
    memoryBytes: provenance.resources?.memoryBytes ?? 0,
  };
}

interface WireTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

/** Rows in, rows out: one matrix of float32 on each side, whose first dimension is the batch. */
function soleTensor(tensors: readonly WireTensor[]): TensorSpec | undefined {
  const [tensor, ...others] = tensors;
  if (tensor === undefined || others.length > 0 || tensor.datatype !== 'FP32') return undefined;
  const [batch, columns, ...rest] = tensor.shape;
  if (batch !== -1 || columns === undefined || columns < 1 || rest.length > 0) return undefined;
  return { name: tensor.name, dataType: 'FP32', shape: [-1, columns] };
}

function shapesOf(tensors: readonly WireTensor[]): string {
  return tensors.map(({ datatype, shape }) => `${datatype} [${shape.join(', ')}]`).join(' and ');
}

function unsupported(model: string, version: number, what: string): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'ARTIFACT_UNSUPPORTED',
    message: `version ${version} of model ${model} cannot be served: ${what}`,
  });
}
