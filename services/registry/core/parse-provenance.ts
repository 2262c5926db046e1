import { artifactFormats } from '../../shared/compute/artifact-format.ts';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { recordedProvenance } from '../../shared/compute/recorded-provenance.ts';
import { hasControlCharacters } from '../../shared/kernel/control-characters.ts';
import { type FieldViolation, MeshError } from '../../shared/kernel/mesh-error.ts';
import { unsupportedArtifact } from './artifact-head.ts';
import {
  bindingKinds,
  type ColumnBinding,
  type Provenance,
  type TensorSpec,
  type TrainingEnvironment,
} from './model-version.ts';
import { originOf, originRules } from './parse-origin.ts';
import type { Rule, WireProvenance, WireSignature } from './wire-provenance.ts';

const digest = /^[0-9a-f]{64}$/;
const sha256Text = 'a SHA-256 of 64 hexadecimal digits';
const commit = /^(?:[0-9a-f]{40}|[0-9a-f]{64}|(?:@[^\s@]+\/)?[^\s@]+@[^\s@]{1,64})$/;
/** 2 GiB - 1: what a Buffer and protobuf's own limit can carry. */
const artifactBytesMax = 2 ** 31 - 1;

const isCount = (value: number) => Number.isSafeInteger(value) && value > 0;
const isOffset = (value: number) => Number.isSafeInteger(value) && value >= 0;
// The span of a JavaScript Date; data from before 1970 is data too.
const isTime = (value: number) => Math.abs(value) <= 8.64e15;
const isText = (value: string) =>
  value.trim() !== '' && value.length <= 500 && !hasControlCharacters(value);

/** Metrics of a version. */
const metricsMax = 1_000;
/** Bytes of hyperparameters as JSON: what is larger is data, and belongs into a blob. */
const hyperparametersBytesMax = 64 * 1024;
/** Bytes of all provenance as JSON: a version has to fit into an answer of 4 MiB beside others. */
const provenanceBytesMax = 1024 * 1024;

function rulesOf(wire: WireProvenance): readonly Rule[] {
  const { resources, origin } = wire;
  return [
    ['artifact_digest', sha256Text, digest.test(wire.artifactDigest)],
    [
      'artifact_bytes',
      `1 to ${artifactBytesMax}`,
      isCount(wire.artifactBytes) && wire.artifactBytes <= artifactBytesMax,
    ],
    [
      'hyperparameters_json',
      `a JSON object of at most ${hyperparametersBytesMax} bytes`,
      isJsonObject(wire.hyperparametersJson),
    ],
    [
      'metrics',
      `${origin ? 0 : 1} to ${metricsMax}, each with a name of one line, all finite`,
      areMetrics(wire.metrics, origin ? 0 : 1),
    ],
    ['resources.memory_bytes', 'bytes above 0', isCount(resources?.memoryBytes ?? 0)],
    ['resources.threads', 'a count above 0', isCount(resources?.threads ?? 0)],
    ...(origin ? originRules(wire, origin) : trainedRules(wire)),
  ];
}

function trainedRules(wire: WireProvenance): readonly Rule[] {
  const { trainingData: data, signature } = wire;
  return [
    ['training_data.data_hash', sha256Text, digest.test(data?.dataHash ?? '')],
    ['training_data.rows', 'a count above 0', isCount(data?.rows ?? 0)],
    ['training_data.from_ms', 'a time', isTime(data?.fromMs ?? Number.NaN)],
    [
      'training_data.until_ms',
      'a time after from_ms',
      isTime(data?.untilMs ?? Number.NaN) && (data?.untilMs ?? 0) > (data?.fromMs ?? 0),
    ],
    ['training_data.log_offset', 'an offset, 0 or more', isOffset(data?.logOffset ?? Number.NaN)],
    [
      'training_data.definition_hashes',
      'one for each feature',
      data?.definitionHashes.length === signature?.features.length,
    ],
    ...trainingRules(wire),
    [
      'signature.inputs',
      'at least one, with name, datatype and shape',
      areTensors(signature?.inputs),
    ],
    [
      'signature.outputs',
      'at least one, with name, datatype and shape',
      areTensors(signature?.outputs),
    ],
    ['signature.features', 'at least one', (signature?.features.length ?? 0) > 0],
    ['signature.feature_set_hash', sha256Text, digest.test(signature?.featureSetHash ?? '')],
    [
      'signature.bindings',
      'one for each feature, in its order: name, feature, request or derived, and its hash',
      areBindings(signature),
    ],
    ['reference_profile_digest', sha256Text, digest.test(wire.referenceProfileDigest)],
    ['golden_requests_digest', sha256Text, digest.test(wire.goldenRequestsDigest)],
    ['training_manifest_digest', sha256Text, digest.test(wire.trainingManifestDigest)],
    ['evaluation_digest', sha256Text, digest.test(wire.evaluationDigest)],
    ...environmentRules(wire.environment),
  ];
}

function trainingRules(wire: WireProvenance): readonly Rule[] {
  return [
    [
      'code_commit',
      'a whole commit of 40 or 64 hexadecimal digits, or name@version of the package',
      commit.test(wire.codeCommit),
    ],
    ['trained_at_ms', 'a time', isTime(wire.trainedAtMs) && wire.trainedAtMs > 0],
    ['trained_by', 'who ran the training, in one line', isText(wire.trainedBy)],
  ];
}

// 2,000: a large environment of Python has some hundreds.
const packagesMax = 2_000;

function environmentRules(environment: TrainingEnvironment | null): readonly Rule[] {
  const { runtime = '', system = '', packages = [], files = {} } = environment ?? {};
  const digests = Object.values(files);
  return [
    ['environment.runtime', 'what ran the trainer, with its version', isText(runtime)],
    ['environment.system', 'operating system and processor', isText(system)],
    [
      'environment.packages',
      `at most ${packagesMax}, with their versions`,
      packages.length <= packagesMax && packages.every(isText),
    ],
    [
      'environment.files',
      `${sha256Text} for each path`,
      digests.every((value) => digest.test(value)),
    ],
  ];
}

/**
 * Gives provenance that is complete.
 * @throws {MeshError} INVALID_ARGUMENT / PROVENANCE_INCOMPLETE naming every field that is missing or out of its range; INVALID_ARGUMENT /
 *   ARTIFACT_UNSUPPORTED, INVALID_FIELD when it is too large
 */
export function parseProvenance(wire: WireProvenance): Provenance {
  const format = artifactFormats.find((known) => known === wire.artifactFormat);
  if (format === undefined)
    throw unsupportedArtifact(`format '${wire.artifactFormat.slice(0, 32)}'`);
  const violations: FieldViolation[] = rulesOf(wire)
    .filter(([, , holds]) => !holds)
    .map(([field, wanted]) => ({
      field: `header.provenance.${field}`,
      description: `wanted ${wanted}`,
    }));
  const { trainingData, signature, resources, environment, origin, ...rest } = wire;
  if (violations.length > 0 || signature === null || resources === null) {
    throw incomplete(violations);
  }
  const bytes = Buffer.byteLength(JSON.stringify(wire));
  if (bytes > provenanceBytesMax) throw tooLarge(bytes);
  // One text for equal hyperparameters, so that the same training registered twice is the same version.
  const hyperparametersJson = canonicalJson(JSON.parse(wire.hyperparametersJson));
  const bindings = signature.bindings.flatMap(knownBinding);
  const recorded = { ...rest, artifactFormat: format, hyperparametersJson, resources };
  const known = { ...recorded, signature: { ...signature, bindings } };
  if (origin) {
    const imported = { ...known, trainingData: null, environment: null, origin: originOf(origin) };
    return recordedProvenance(imported);
  }
  if (trainingData === null || environment === null) throw incomplete(violations);
  return recordedProvenance({ ...known, trainingData, environment });
}

function incomplete(violations: readonly FieldViolation[]): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'PROVENANCE_INCOMPLETE',
    message: `provenance is incomplete: ${violations.map(({ field }) => field).join(', ')}; every field says where the version came from`,
    violations,
  });
}

function tooLarge(bytes: number): MeshError {
  const description = `wanted at most ${provenanceBytesMax} bytes as JSON, got ${bytes}`;
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD',
    message: `header.provenance: ${description}; what is large belongs into a blob`,
    violations: [{ field: 'header.provenance', description }],
  });
}

function knownBinding(
  binding: WireSignature['bindings'][number],
): readonly [ColumnBinding] | readonly [] {
  const kind = bindingKinds.find((known) => known === binding.kind);
  return kind === undefined ? [] : [{ ...binding, kind }];
}

function areBindings(signature: WireSignature | null): boolean {
  if (signature === null || signature.bindings.length !== signature.features.length) return false;
  return signature.bindings.every(
    (binding, index) =>
      binding.name === signature.features[index] &&
      digest.test(binding.definitionHash) &&
      knownBinding(binding).length === 1,
  );
}

function areTensors(tensors: readonly TensorSpec[] | undefined): boolean {
  const isWhole = ({ name, datatype, shape }: TensorSpec) =>
    name !== '' && datatype !== '' && shape.length > 0;
  return tensors !== undefined && tensors.length > 0 && tensors.every(isWhole);
}

function areMetrics(metrics: Readonly<Record<string, number>>, metricsMin: number): boolean {
  const all = Object.entries(metrics);
  if (all.length < metricsMin || all.length > metricsMax) return false;
  return all.every(([name, value]) => isText(name) && Number.isFinite(value));
}

function isJsonObject(text: string): boolean {
  if (Buffer.byteLength(text) > hyperparametersBytesMax) return false;
  try {
    const value: unknown = JSON.parse(text);
    canonicalJson(value); // refuses 1e999, which JSON.parse reads as infinite
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
