import type { ArtifactFormat } from '../../shared/compute/artifact-format.ts';
import type { FeatureSetPlan } from '../../shared/compute/plan.ts';
import { sessionMemoryBytes } from '../../shared/compute/session-memory.ts';

/** Everything that is known of how a version came to be; the registry keeps it beside the artifact. */
export interface Provenance {
  /** SHA-256, 64 hexadecimal digits. */
  readonly artifactDigest: string;
  readonly artifactBytes: number;
  readonly artifactFormat: 'onnx' | 'tfjs';
  readonly trainingData: TrainingData;
  /** Commit, or the package version where there is no repository. */
  readonly codeCommit: string;
  readonly isCodeDirty: boolean;
  /** Canonical JSON (RFC 8785). */
  readonly hyperparametersJson: string;
  /** Milliseconds since the Unix epoch. */
  readonly trainedAtMs: number;
  readonly trainedBy: string;
  /** By name; finite numbers. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly signature: ServingSignature;
  readonly resources: ResourceRequirements;
  /** Version that it descends from; 0 when there is none. */
  readonly parentVersion: number;
  /** SHA-256 of the blob with the reference profile, 64 hexadecimal digits. */
  readonly referenceProfileDigest: string;
  /** SHA-256 of the blob with the golden requests, 64 hexadecimal digits. */
  readonly goldenRequestsDigest: string;
  /** SHA-256 of the blob with the training manifest, 64 hexadecimal digits. */
  readonly trainingManifestDigest: string;
  /** SHA-256 of the blob with the evaluation, 64 hexadecimal digits. */
  readonly evaluationDigest: string;
  readonly environment: TrainingEnvironment;
}

/** On what a version was trained: what may change its bits beside data, hyperparameters and code. */
export interface TrainingEnvironment {
  /** What ran the trainer, with its version. */
  readonly runtime: string;
  /** Operating system and processor. */
  readonly system: string;
  /** Packages with their versions, sorted. */
  readonly packages: readonly string[];
  /** Command of an external trainer; empty for a trainer of mlmesh itself. */
  readonly command: readonly string[];
  /** SHA-256 of each file of an external trainer by its path; none for a trainer of mlmesh itself. */
  readonly files: Readonly<Record<string, string>>;
}

/** What a version was trained on. */
export interface TrainingData {
  /** SHA-256 of the canonical rows, 64 hexadecimal digits. */
  readonly dataHash: string;
  readonly rows: number;
  /** Examples with a time in [fromMs, untilMs), milliseconds since the Unix epoch. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly logOffset: number;
  readonly definitionHashes: readonly string[];
  readonly seed: number;
}

/** One tensor of a signature. */
export interface TensorSpec {
  readonly name: string;
  readonly datatype: 'FP32';
  /** -1 is the batch. */
  readonly shape: readonly number[];
}

/** What a version takes and gives. */
export interface ServingSignature {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Names of the features, in the order of the input's columns. */
  readonly features: readonly string[];
  /** 64 hexadecimal digits. */
  readonly featureSetHash: string;
  /** What each column of the input is bound to, in their order. */
  readonly bindings: readonly ColumnBinding[];
}

/** What a column of the input is bound to. */
export interface ColumnBinding {
  readonly name: string;
  readonly kind: 'feature' | 'request' | 'derived';
  /** 64 hexadecimal digits. */
  readonly definitionHash: string;
}

/** What one session of a version needs to run. */
export interface ResourceRequirements {
  /** Upper bound. */
  readonly memoryBytes: number;
  readonly threads: number;
}

/** Gives the signature of a network over the columns of a feature set that gives a probability. */
export function signatureOf({
  columns,
  hash,
}: Pick<FeatureSetPlan, 'columns' | 'hash'>): ServingSignature {
  return {
    inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, columns.length] }],
    outputs: [{ name: 'probability', datatype: 'FP32', shape: [-1, 1] }],
    features: columns.map(({ name }) => name),
    featureSetHash: hash,
    bindings: columns.map((column) => ({
      name: column.name,
      kind: column.kind === 'view' ? 'feature' : column.kind,
      definitionHash: column.hash,
    })),
  };
}

/** Gives what one session of an artifact needs. */
export function resourcesOf(format: ArtifactFormat, artifactBytes: number): ResourceRequirements {
  return { memoryBytes: sessionMemoryBytes(format, artifactBytes), threads: 1 };
}
