import type { Promotion } from './core/rollback/promotion-watch.ts';
import type { VerdictRecord } from './core/verdict-record.ts';

/** What is known of a version beside its answers to callers; absent where it is not. */
export interface VersionFacts {
  /** Milliseconds of an inference of one row, without what a caller waits for beside it. */
  readonly inferenceMs?: number;
  /** Area under the ROC curve of its evaluation, before it was released. */
  readonly evaluatedAuc?: number;
  /** Log loss of the same, less that of saying the share of all rows to each: below 0 where the version knows more. */
  readonly evaluatedExcessLoss?: number;
}

/** Where a model's release stands: what the registry says, and what the prediction services host. */
export interface ReleasePosition extends Promotion {
  readonly isPreviousQuarantined: boolean;
  /** Whether every prediction service that answers has the previous version ready, so that it was verified as well. */
  readonly isPreviousReady: boolean;
  readonly facts?: VersionFacts;
  readonly previousFacts?: VersionFacts;
}

/** A rollback to ask for. */
export interface RollbackOrder {
  readonly model: string;
  /** Version that is to leave; refused where another one is in production by now. */
  readonly fromVersion: number;
  /** One line, for the record. */
  readonly reason: string;
}

/** What a monitor may do to a release: look at it, and take it back. */
export interface ReleaseControl {
  /** Gives where a model stands; undefined where it has no version in production. @throws {MeshError} what the registry or the prediction services say */
  position(model: string, signal: AbortSignal): Promise<ReleasePosition | undefined>;
  /** Moves production back; gives its generation then. @throws {MeshError} what the registry says */
  rollback(order: RollbackOrder, signal: AbortSignal): Promise<number>;
  /** Marks the version that left as bad, until a person clears it. @throws {MeshError} what the registry says */
  quarantine(order: RollbackOrder, signal: AbortSignal): Promise<void>;
}

/** A rollback that the monitor made. */
export interface AutomaticRollback {
  readonly model: string;
  readonly fromVersion: number;
  readonly toVersion: number;
  /** Generation of `production` that it led to. */
  readonly generation: number;
  readonly atMs: number;
  /** The verdict that it followed from. */
  readonly verdictId: string;
  /** What it was made for, for people. */
  readonly statement: string;
}

/** Verdicts with all that they follow from, and the rollbacks that were made. */
export interface VerdictStore {
  /** Keeps a verdict; durable when it resolves. The oldest leave when there are too many. */
  append(record: VerdictRecord): Promise<void>;
  verdict(id: string): VerdictRecord | undefined;
  /** Gives the verdicts, newest first, lazily. */
  newest(): Iterable<VerdictRecord>;
  /** Keeps the last automatic rollback of its model; durable when it resolves. */
  keepRollback(rollback: AutomaticRollback): Promise<void>;
  lastRollback(model: string): AutomaticRollback | undefined;
}
