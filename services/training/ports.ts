import type { TrainingRows } from '../shared/compute/training-rows.ts';
import type { IntervalPlan } from '../shared/definition/date-text.ts';
import type { DenseNetwork } from './core/dense-network.ts';
import type { Provenance } from './core/provenance.ts';
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
}

/** What a training set was made of. */
export interface TrainingManifest {
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
}

/** Rows with the manifest that lets them be made again. */
export interface TrainingSet {
  readonly rows: TrainingRows;
  readonly manifest: TrainingManifest;
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
  /** @throws {MeshError} INTERNAL / TRAINING_FAILED when the loss is not finite any more. */
  train(
    input: TrainerInput,
    onProgress: OnStepProgress,
    signal: AbortSignal,
  ): Promise<DenseNetwork>;
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

/** Which code trains. */
export interface CodeIdentity {
  /** Commit, or the package version where there is no repository. */
  readonly commit: string;
  /** Whether the work tree had changes beside the commit. */
  readonly isDirty: boolean;
}
