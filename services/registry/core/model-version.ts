import type { ArtifactFormat } from '../../shared/compute/artifact-format.ts';
import type { ShadowAlias } from '../../shared/kernel/shadow-alias.ts';

/** Name, datatype and shape of a tensor; -1 is of any size, no dimension a scalar. */
export interface TensorSpec {
  readonly name: string;
  /** KServe V2 datatype, such as FP32. */
  readonly datatype: string;
  readonly shape: readonly number[];
}

/** What a version was trained on. */
export interface TrainingData {
  /** SHA-256 of the canonical rows, 64 hexadecimal digits. */
  readonly dataHash: string;
  readonly rows: number;
  /** Times of the examples, [fromMs, untilMs), epoch ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly logOffset: number;
  readonly definitionHashes: readonly string[];
  readonly seed: number;
}

/** What a version takes and gives. */
export interface ServingSignature {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Names of the features, in the order of the input's columns. */
  readonly features: readonly string[];
  readonly featureSetHash: string;
  /** What each column of the input is bound to, one for each of `features`. */
  readonly bindings: readonly ColumnBinding[];
  /** Rows of one native call where requests may be joined, dimension 0 of every tensor being the batch; absent: they never are. */
  readonly batchRowsMax?: number;
}

/** What a column can be bound to. */
export const bindingKinds = ['feature', 'request', 'derived'] as const;

/** What a column of the input is bound to. */
export interface ColumnBinding {
  readonly name: string;
  readonly kind: (typeof bindingKinds)[number];
  /** SHA-256 of its definition, 64 hexadecimal digits. */
  readonly definitionHash: string;
}

/** What may be known of the data that a version of foreign origin was trained on. */
export const trainingDataKinds = ['unknown', 'declared'] as const;

/** Where a model file came from that nobody here has trained. */
export interface Origin {
  /** A package with its version, a URL, or a path. */
  readonly source: string;
  /** Path of the file, or of the folder that it was packed from. */
  readonly path: string;
  /** SHA-256 of each file that was read, by its name, before anything was packed. */
  readonly files: Readonly<Record<string, string>>;
  readonly trainingData: (typeof trainingDataKinds)[number];
  /** SHA-256 of the training data as it was declared; empty where they are unknown. */
  readonly declaredDataHash: string;
}

/** Where a version came from: it was trained here, or it is of foreign origin. */
export type Provenance = TrainedProvenance | ImportedProvenance;

/** Where a version came from that was trained here. */
export interface TrainedProvenance extends RecordedProvenance {
  readonly trainingData: TrainingData;
  readonly environment: TrainingEnvironment;
  readonly origin?: never;
}

/** Where a version came from that nobody here has trained: what can't be known is empty, and nothing stands in for it. */
export interface ImportedProvenance extends RecordedProvenance {
  readonly trainingData: null;
  readonly environment: null;
  readonly origin: Origin;
}

/** What is recorded of every version. */
interface RecordedProvenance {
  /** SHA-256 of the artifact, 64 hexadecimal digits. */
  readonly artifactDigest: string;
  readonly artifactBytes: number;
  readonly artifactFormat: ArtifactFormat;
  readonly codeCommit: string;
  readonly isCodeDirty: boolean;
  /** Canonical JSON (RFC 8785). */
  readonly hyperparametersJson: string;
  readonly trainedAtMs: number;
  readonly trainedBy: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly signature: ServingSignature;
  readonly resources: { readonly memoryBytes: number; readonly threads: number };
  /** 0 when there is none. */
  readonly parentVersion: number;
  /** SHA-256 of a blob, 64 hexadecimal digits; this one and those that follow are empty for a version of foreign origin. */
  readonly referenceProfileDigest: string;
  /** SHA-256 of a blob, 64 hexadecimal digits. */
  readonly goldenRequestsDigest: string;
  /** SHA-256 of a blob, 64 hexadecimal digits. */
  readonly trainingManifestDigest: string;
  /** SHA-256 of a blob, 64 hexadecimal digits. */
  readonly evaluationDigest: string;
}

/** On what a version was trained. */
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

/** A registered version. Immutable. */
export interface ModelVersion {
  readonly model: string;
  /** From 1, given by the registry, never reused. */
  readonly version: number;
  readonly provenance: Provenance;
  readonly registeredAtMs: number;
  readonly registeredBy: string;
  /** SHA-256 of the blob with its signature, 64 hexadecimal digits. */
  readonly signatureDigest: string;
}

/** Aliases that can be moved by promotion. */
export type PromotableAlias = 'production' | 'canary' | 'fallback' | ShadowAlias;

/** Aliases whose versions answer callers by the model's own tier: moving one asks for the checklist. */
export type ServingAlias = 'production' | 'canary';

/** Shadows of one model at most: each has every request that is sampled, and memory of its own. */
export const shadowsMax = 8;

/** Where an alias points. Version 0 means nowhere. */
export interface AliasPosition {
  readonly model: string;
  readonly alias: PromotableAlias | 'previous';
  readonly version: number;
  /** Counts the moves of this alias, from 1. */
  readonly generation: number;
  /** Whether its version came before callers without the checklist. */
  readonly isForced?: true;
}
