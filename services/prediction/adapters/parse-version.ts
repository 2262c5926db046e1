import type { ModelVersion__Output } from '../../gen/mlmesh/registry/v1/ModelVersion.ts';
import { isDataType } from '../../shared/compute/tensor/data-type.ts';
import type { TensorSpec } from '../../shared/compute/tensor/tensor.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { KnownVersion, ServableSpec } from '../core/servable-spec.ts';

// Rows do not know of each other: the service's own limit is the only one.
const rowsMax = 65_536;
// The largest number of dimensions of numpy, which every client of the protocol is bound by.
const dimensionsMax = 64;

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
  const shape = signature.featureSetHash === '' ? tensorsOf(signature) : rowsOf(signature);
  if (typeof shape === 'string') return unsupported(model, version, shape);
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
    ...shape,
    memoryBytes: provenance.resources?.memoryBytes ?? 0,
  };
}

type Shape = Pick<ServableSpec, 'inputs' | 'outputs' | 'batchRowsMax'>;

/** A version that is bound to a feature set takes and gives rows. Gives what is wrong where it does not. */
function rowsOf({ inputs, outputs }: WireSignature): Shape | string {
  const input = soleTensor(inputs);
  const output = soleTensor(outputs);
  if (input === undefined || output === undefined) {
    return `wanted FP32 [-1, n] to FP32 [-1, m], got ${shapesOf(inputs)} to ${shapesOf(outputs)}`;
  }
  return { inputs: [input], outputs: [output], batchRowsMax: rowsMax };
}

/** Another one takes and gives what its signature says. Gives what is wrong with that where it can't be served. */
function tensorsOf(signature: WireSignature): Shape | string {
  const { batchRowsMax } = signature;
  const inputs = signature.inputs.map(specsOf);
  const outputs = signature.outputs.map(specsOf);
  const all = [...inputs, ...outputs];
  if (inputs.length === 0 || outputs.length === 0) return 'wanted inputs and outputs, got none';
  const faults = all.filter((spec) => typeof spec === 'string');
  if (faults.length > 0) return faults.join('; ');
  const specs = { inputs: inputs.filter(isSpec), outputs: outputs.filter(isSpec) };
  const names = new Set(all.filter(isSpec).map(({ name }) => name));
  if (names.size < all.length) return 'wanted names that differ, got one twice';
  if (batchRowsMax > rowsMax)
    return `wanted batches of at most ${rowsMax} rows, got ${batchRowsMax}`;
  const unbatched = all.filter(isSpec).find(({ shape }) => shape[0] !== -1);
  if (batchRowsMax > 0 && unbatched !== undefined) {
    return `wanted -1 as the first dimension of ${unbatched.name}, since its requests are joined, got [${unbatched.shape.join(', ')}]`;
  }
  return { ...specs, batchRowsMax };
}

function specsOf({ name, datatype, shape }: WireTensor): TensorSpec | string {
  if (name === '') return 'wanted a name for each tensor, got none';
  if (!isDataType(datatype))
    return `wanted a datatype of the protocol for ${name}, got '${datatype}'`;
  const isShape =
    shape.length <= dimensionsMax &&
    shape.every((size) => size === -1 || (Number.isSafeInteger(size) && size > 0));
  if (!isShape)
    return `wanted at most ${dimensionsMax} dimensions of -1 or more than 0 for ${name}`;
  return { name, dataType: datatype, shape: [...shape] };
}

function isSpec(spec: TensorSpec | string): spec is TensorSpec {
  return typeof spec !== 'string';
}

interface WireSignature {
  readonly inputs: readonly WireTensor[];
  readonly outputs: readonly WireTensor[];
  readonly batchRowsMax: number;
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
