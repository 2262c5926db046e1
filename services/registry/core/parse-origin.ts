import { isDataType } from '../../shared/compute/tensor/data-type.ts';
import { batchRowsMaxMax } from '../../shared/compute/tensor/tensor.ts';
import { hasControlCharacters } from '../../shared/kernel/control-characters.ts';
import { type Origin, type TensorSpec, trainingDataKinds } from './model-version.ts';
import type { Rule, WireOrigin, WireProvenance } from './wire-provenance.ts';

const digest = /^[0-9a-f]{64}$/;
const filesMax = 1_000;
const dimensionsMax = 64;

const isLine = (value: string) =>
  value.trim() !== '' && value.length <= 500 && !hasControlCharacters(value);

/** Gives what is asked of a version of foreign origin: where it came from, and nothing of what nobody here can know. */
export function originRules(wire: WireProvenance, origin: WireOrigin): readonly Rule[] {
  const { signature } = wire;
  const files = Object.entries(origin.files);
  const isDeclared = origin.trainingData === 'declared';
  const hash = origin.declaredDataHash;
  return [
    ['origin.source', 'where it was found, in one line', isLine(origin.source)],
    ['origin.path', 'the path of the file, in one line', isLine(origin.path)],
    [
      'origin.files',
      `1 to ${filesMax} digests by the names of the files`,
      files.length > 0 && files.length <= filesMax && files.every(([, sha]) => digest.test(sha)),
    ],
    [
      'origin.training_data',
      `one of ${trainingDataKinds.join(', ')}`,
      knownData(origin) !== undefined,
    ],
    [
      'origin.declared_data_hash',
      isDeclared ? 'a SHA-256 of 64 hexadecimal digits' : 'none, since the data are unknown',
      isDeclared ? digest.test(hash) : hash === '',
    ],
    ...unknownRules(wire),
    ['signature.inputs', tensorsText, areTensors(signature?.inputs ?? [])],
    ['signature.outputs', tensorsText, areTensors(signature?.outputs ?? [])],
    ['signature.features', 'none', signature?.features.length === 0],
    ['signature.feature_set_hash', 'none', signature?.featureSetHash === ''],
    ['signature.bindings', 'none', signature?.bindings.length === 0],
    ['signature.batch_rows_max', batchText, isBatch(signature)],
  ];
}

/** Gives an origin that {@link originRules} has found to hold. */
export function originOf(wire: WireOrigin): Origin {
  const { source, path, files, declaredDataHash } = wire;
  const trainingData = knownData(wire) ?? 'unknown';
  return { source, path, files: { ...files }, trainingData, declaredDataHash };
}

const tensorsText = `at least one, names all different, a datatype of the protocol, at most ${dimensionsMax} dimensions, each -1 or from 1`;
const batchText = `0 to ${batchRowsMaxMax}, and a first dimension of -1 for every tensor where it is not 0`;

function unknownRules(wire: WireProvenance): readonly Rule[] {
  const none = 'nothing, since a version of foreign origin was trained elsewhere';
  return [
    ['training_data', none, wire.trainingData === null],
    ['environment', none, wire.environment === null],
    ['code_commit', none, wire.codeCommit === '' && !wire.isCodeDirty],
    ['trained_at_ms', none, wire.trainedAtMs === 0],
    ['trained_by', none, wire.trainedBy === ''],
    ['reference_profile_digest', none, wire.referenceProfileDigest === ''],
    ['golden_requests_digest', none, wire.goldenRequestsDigest === ''],
    ['training_manifest_digest', none, wire.trainingManifestDigest === ''],
    ['evaluation_digest', none, wire.evaluationDigest === ''],
  ];
}

function knownData({ trainingData }: WireOrigin) {
  return trainingDataKinds.find((kind) => kind === trainingData);
}

function areTensors(tensors: readonly TensorSpec[]): boolean {
  const names = new Set(tensors.map(({ name }) => name));
  return (
    tensors.length > 0 &&
    names.size === tensors.length &&
    tensors.every(
      ({ name, datatype, shape }) =>
        isLine(name) &&
        isDataType(datatype) &&
        shape.length <= dimensionsMax &&
        shape.every((size) => Number.isSafeInteger(size) && (size === -1 || size > 0)),
    )
  );
}

function isBatch(signature: WireProvenance['signature']): boolean {
  const { batchRowsMax = 0, inputs = [], outputs = [] } = signature ?? {};
  if (batchRowsMax === 0) return true;
  const isWhole = Number.isSafeInteger(batchRowsMax) && batchRowsMax <= batchRowsMaxMax;
  return isWhole && [...inputs, ...outputs].every(({ shape }) => shape[0] === -1);
}
