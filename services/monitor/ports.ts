import type { LoggedPrediction__Output } from '../gen/mlmesh/monitor/v1/LoggedPrediction.ts';
import type { Outcome__Output } from '../gen/mlmesh/monitor/v1/Outcome.ts';
import type { ShadowAnswer__Output } from '../gen/mlmesh/monitor/v1/ShadowAnswer.ts';
import type { ServedVector } from './core/parity.ts';

/** A prediction as the log keeps it: the record of the wire. */
export type StoredPrediction = LoggedPrediction__Output;
/** A shadow's answer as the log keeps it. */
export type StoredShadow = ShadowAnswer__Output;
/** An outcome as the log keeps it. */
export type StoredOutcome = Outcome__Output;

/** The log of predictions, shadow answers and outcomes. */
export interface PredictionStore {
  /** Keeps predictions and shadow answers; durable when it resolves. What is known is kept as it was. */
  append(predictions: readonly StoredPrediction[], shadows: readonly StoredShadow[]): Promise<void>;
  /** Keeps outcomes; durable when it resolves. A known one is kept as it was. */
  appendOutcomes(outcomes: readonly StoredOutcome[]): Promise<void>;
  prediction(predictionId: string): StoredPrediction | undefined;
  shadows(predictionId: string): readonly StoredShadow[];
  outcome(predictionId: string): StoredOutcome | undefined;
  /** Everything that is kept, in the order of ids. */
  all(): {
    readonly predictions: Iterable<StoredPrediction>;
    readonly shadows: Iterable<StoredShadow>;
    readonly outcomes: Iterable<StoredOutcome>;
  };
}

/** One vector to compute again. */
export interface RecomputeRow {
  readonly keys: readonly string[];
  readonly atMs: number;
  readonly logOffset: number;
}

/** An answer as it was served, with what is needed to compute its vector again. */
export interface AuditedAnswer extends RecomputeRow, ServedVector {
  readonly predictionId: string;
  readonly model: string;
  readonly featureSetHash: string;
}

/** Computes vectors again from the log. */
export interface Recomputer {
  /** Gives them in the order of the rows. @throws {MeshError} what the feature service says */
  recompute(
    featureSetHash: string,
    rows: readonly RecomputeRow[],
    signal: AbortSignal,
  ): Promise<readonly ServedVector[]>;
}
