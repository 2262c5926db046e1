import type { TrainingRows } from '../shared/compute/training-rows.ts';
import type { ExternalCandidate } from '../shared/definition/candidate.ts';
import type { IntervalPlan } from '../shared/definition/date-text.ts';
import type { SetMode } from '../shared/definition/pipeline.ts';
import type { DenseNetwork } from './core/dense-network.ts';
import type { Provenance, TrainingEnvironment } from './core/provenance.ts';
import type { SegmentValues } from './core/segments.ts';
import type { SourceState } from './core/training-manifest.ts';
import type { TrainingPlan } from './core/training-plan.ts';

/** How far a step is; `total` is 0 when unknown. */
export interface StepProgress {
  readonly done: number;
  readonly total: number;
  /** What is under way, for people. */
  readonly detail: string;
}

/** Hears how far a step is; must return at once. */
export type OnStepProgress = (progress: StepProgress) => void;

/** Which examples a set holds. */
export interface TrainingSetQuery {
  readonly model: string;
  /** Examples with a time in [fromMs, untilMs). */
  readonly interval: IntervalPlan;
  readonly rowsMax: number;
  readonly seed: number;
  /** Log offset up to which events count; 0 means that of now. */
  readonly logOffset: number;
  /** 64 hexadecimal digits. */
  readonly featureSetHash: string;
  /** Columns of the examples that come beside the rows. */
  readonly segmentColumns: readonly string[];
  /** What the features may know. */
  readonly mode: SetMode;
  /** As logged: how much before its example an answer may have been given, ms; otherwise 0. */
  readonly answerAgeMaxMs: number;
  /** As logged: answers with a number below this count; 0 means all up to now. Otherwise 0. */
  readonly answersBefore: number;
}

/** What a training set was made of. */
export interface SetDescription {
  readonly interval: IntervalPlan;
  /** Log offset up to which events were seen. */
  readonly logOffset: number;
  /** 64 hexadecimal digits. */
  readonly featureSetHash: string;
  /** Of each column, in order; 64 hexadecimal digits each. */
  readonly definitionHashes: readonly string[];
  /** SHA-256 of the canonical rows, 64 hexadecimal digits. */
  readonly dataHash: string;
  readonly seed: number;
  /** Version of the arithmetic. */
  readonly computeVersion: number;
  readonly sources: readonly SourceState[];
  /** As logged: answers with a number below this counted; otherwise 0. */
  readonly answersBefore: number;
}

/** Rows with the description that lets them be made again. */
export interface TrainingSet {
  /** In canonical order: by (time, event id). */
  readonly rows: TrainingRows;
  readonly manifest: SetDescription;
  /** The columns that were asked for, in their order. */
  readonly segments: readonly SegmentValues[];
}

/** Builds point-in-time training sets. */
export interface TrainingSetSource {
  /** @throws {MeshError} whatever the source says, and DATA_LOSS / TRAINING_FAILED when rows are missing. */
  build(
    query: TrainingSetQuery,
    onProgress: OnStepProgress,
    signal: AbortSignal,
  ): Promise<TrainingSet>;
}

/** Rows that a network learns from: standardised by the trainer itself. */
export interface TrainerInput {
  readonly rows: TrainingRows;
  readonly plan: TrainingPlan;
}

/** Trains a network. The same input gives the same weights, bit for bit. */
export interface Trainer {
  /** Name and version of the arithmetic, for the provenance. */
  readonly name: string;
  /** Of this process. */
  readonly environment: TrainingEnvironment;
  /** @throws {MeshError} INTERNAL / TRAINING_FAILED when the loss is not finite any more. */
  train(
    input: TrainerInput,
    onProgress: OnStepProgress,
    signal: AbortSignal,
  ): Promise<DenseNetwork>;
}

/** What an external trainer is given. */
export interface ExternalInput {
  readonly model: string;
  readonly candidate: ExternalCandidate;
  readonly seed: number;
  /** Names of the features, in the order of the columns. */
  readonly features: readonly string[];
  readonly learning: TrainingRows;
  readonly holdout: TrainingRows;
}

/** What an external trainer made, verified as far as it can be without running it on data. */
export interface ExternalModel {
  /** An ONNX model. */
  readonly artifact: Uint8Array;
  readonly environment: TrainingEnvironment;
  /** What the trainer says of it; kept for people. */
  readonly reported: Readonly<Record<string, number>>;
  /** Gives the probability of each row, [rows, columns] row-major, as the runtime that will serve it does. */
  predict(features: Float32Array, rows: number): Promise<Float32Array>;
}

/** Has a command of the author train a model. */
export interface ExternalTrainer {
  /** @throws {MeshError} FAILED_PRECONDITION / TRAINING_FAILED saying what the command did not do; what the model's runtime says */
  train(
    input: ExternalInput,
    onProgress: OnStepProgress,
    signal: AbortSignal,
  ): Promise<ExternalModel>;
}

/** An alias and how often it has moved. */
export interface AliasState {
  readonly alias: string;
  readonly version: number;
  readonly generation: number;
}

/** An alias that is to move. */
export interface AliasMove {
  readonly model: string;
  readonly alias: 'production' | 'shadow' | 'canary' | 'fallback';
  readonly version: number;
  /** Generation that was seen; 0 when the alias was not there. */
  readonly expectedGeneration: number;
  readonly reason: string;
}

/** A version that is to be registered. */
export interface TrainedVersion {
  readonly model: string;
  readonly provenance: Provenance;
  readonly artifact: Uint8Array;
  /** The blobs that the provenance names beside the artifact. */
  readonly attachments: readonly Uint8Array[];
}

/** Keeps versions and aliases. */
export interface Registry {
  /** Gives the aliases of a model; none when the model is unknown. */
  aliases(model: string, signal: AbortSignal): Promise<readonly AliasState[]>;
  /** Registers a version and gives its number. */
  register(version: TrainedVersion, signal: AbortSignal): Promise<number>;
  /** @throws {MeshError} ABORTED / ALIAS_MOVED when somebody else has moved it since. */
  move(move: AliasMove, signal: AbortSignal): Promise<void>;
}

/** What is recorded of a version, as far as it can be reproduced. */
export type RecordedProvenance = Pick<
  Provenance,
  | 'artifactDigest'
  | 'codeCommit'
  | 'isCodeDirty'
  | 'hyperparametersJson'
  | 'metrics'
  | 'referenceProfileDigest'
  | 'goldenRequestsDigest'
  | 'trainingManifestDigest'
  | 'evaluationDigest'
  | 'environment'
>;

/** Gives what was registered. */
export interface VersionReader {
  /** @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN or VERSION_UNKNOWN */
  provenance(model: string, version: number, signal: AbortSignal): Promise<RecordedProvenance>;
  /** Gives a blob. @throws {MeshError} DATA_LOSS / TRAINING_FAILED when it is not what its digest says */
  blob(digest: string, signal: AbortSignal): Promise<Uint8Array>;
}

/** Which code trains. */
export interface CodeIdentity {
  /** Commit, or the package version where there is no repository. */
  readonly commit: string;
  /** Whether the work tree had changes beside the commit. */
  readonly isDirty: boolean;
}
