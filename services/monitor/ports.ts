import type { FeatureSetPlan } from '../shared/compute/plan.ts';
import type { DriftPlan, OutputPlan } from '../shared/definition/monitoring-policy.ts';
import type { AlertRecord } from './core/alert-record.ts';
import type { ServedVector } from './core/parity.ts';
import type { Silence } from './core/silence.ts';
import type { DriftStates } from './core/statistics/judge-columns.ts';
import type { CountList } from './core/statistics/plain-counts.ts';
import type { OutputState } from './core/windows/judge-output.ts';
import type { WindowCounts } from './core/windows/window-counts.ts';

/** A prediction as the log keeps it: the record of the wire, mlmesh.monitor.v1.LoggedPrediction. */
export interface StoredPrediction {
  readonly predictionId: string;
  readonly model: string;
  readonly tier: 'TIER_UNSPECIFIED' | 'TIER_MODEL' | 'TIER_FALLBACK' | 'TIER_RULES';
  /** 0 for the rules. */
  readonly version: number;
  readonly role:
    | 'ROLE_UNSPECIFIED'
    | 'ROLE_PRODUCTION'
    | 'ROLE_SHADOW'
    | 'ROLE_CONTROL'
    | 'ROLE_CANARY';
  readonly score: number;
  readonly keys: readonly string[];
  /** Null when there was no feature vector. */
  readonly stamp: {
    readonly atMs: number;
    readonly logOffset: number;
    readonly featureSetHash: string;
  } | null;
  readonly values: Buffer;
  readonly statuses: Buffer;
  readonly requestValues: Buffer;
  readonly latencyMs: number;
  readonly skippedReason: string;
  readonly traceId: string;
  readonly atMs: number;
  readonly shadowVersions: readonly number[];
  /** By the monitor's own clock, epoch ms; 0 where it was taken before this was kept. */
  readonly receivedAtMs: number;
  /** Version that was to answer, whoever did; 0 for none. */
  readonly assignedVersion: number;
  /** How long that version took or was waited for, and what it had, in ms; 0 where they were not measured. */
  readonly modelMs: number;
  readonly modelBudgetMs: number;
  /** Number of the batch in which it was taken, ascending from 1; 0 where it was taken before this was kept. */
  readonly intake: number;
}

/** A shadow's answer as the log keeps it: mlmesh.monitor.v1.ShadowAnswer. */
export interface StoredShadow {
  readonly predictionId: string;
  readonly version: number;
  readonly score?: number;
  readonly failedReason?: string;
  readonly latencyMs: number;
  readonly result?: 'score' | 'failedReason';
}

/** An outcome as the log keeps it: mlmesh.monitor.v1.Outcome. */
export interface StoredOutcome {
  readonly predictionId: string;
  readonly label: number;
  readonly observedAtMs: number;
  /** Absent: the mesh file says it from answer and label. */
  readonly businessValue?: number;
}

/** The log of predictions, shadow answers and outcomes. */
export interface PredictionStore {
  /** Keeps predictions and shadow answers; durable when it resolves. What is known is kept as it was. */
  append(predictions: readonly StoredPrediction[], shadows: readonly StoredShadow[]): Promise<void>;
  /** Keeps outcomes; durable when it resolves. A known one is kept as it was. */
  appendOutcomes(outcomes: readonly StoredOutcome[]): Promise<void>;
  prediction(predictionId: string): StoredPrediction | undefined;
  shadows(predictionId: string): readonly StoredShadow[];
  outcome(predictionId: string): StoredOutcome | undefined;
  /** Gives the predictions of all routers, the one that was taken last first, lazily, as they stand now. */
  newest(): Iterable<StoredPrediction>;
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
  /** Gives them in the order of the rows, or says that what they were computed from is erased. @throws {MeshError} what the feature service says */
  recompute(
    featureSetHash: string,
    rows: readonly RecomputeRow[],
    signal: AbortSignal,
  ): Promise<readonly (ServedVector | 'erased')[]>;
}

/** What an audit of answers found. */
export interface AuditedAnswers {
  /** Answers that were computed again, and those of them that differ. */
  readonly answers: number;
  readonly mismatchedAnswers: number;
  /** Number of the newest answer that was looked at; 0 when there was none. */
  readonly lastAnswer: number;
  readonly featureSets: readonly {
    /** The model whose inputs it holds. */
    readonly name: string;
    readonly answers: number;
    /** Values that differ. */
    readonly mismatches: number;
    /** One mismatch, for people; empty when there is none. */
    readonly example: string;
  }[];
}

/** Audits what the feature service has answered. */
export interface AnswerAudits {
  /** Audits the newest `limit` answers after one. @throws {MeshError} what the feature service says */
  audit(
    query: { readonly afterAnswer: number; readonly limit: number },
    signal: AbortSignal,
  ): Promise<AuditedAnswers>;
}

/** What of the alerts changed. */
export interface KeptChange {
  readonly alerts: readonly AlertRecord[];
  readonly silences: readonly Silence[];
  /** Numbers of those that are let go of. */
  readonly forgottenAlerts: readonly number[];
  readonly forgottenSilences: readonly number[];
}

/** Keeps alerts and silences over a restart. */
export interface AlertStore {
  load(): { readonly alerts: readonly AlertRecord[]; readonly silences: readonly Silence[] };
  /** Durable when it resolves, all of it or nothing. @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL */
  save(change: KeptChange): Promise<void>;
}

/** What the registry says of how a version is to be watched. */
export interface VersionReference {
  /** SHA-256 of its reference profile; empty for a version without one, such as one of foreign origin. */
  readonly profileDigest: string;
  /** Of the feature set that its rows are of; empty where it is bound to none. */
  readonly featureSetHash: string;
}

/** Where references come from. */
export interface ReferenceSource {
  /** @throws {MeshError} what the registry says */
  find(model: string, version: number, signal: AbortSignal): Promise<VersionReference>;
  /** Gives the bytes of a reference profile. @throws {MeshError} what the registry says; DATA_LOSS / ARTIFACT_CORRUPT */
  profile(digest: string, signal: AbortSignal): Promise<Uint8Array>;
  /** Gives how rows of a feature set are made. @throws {MeshError} what the feature service says */
  featureSet(featureSetHash: string, signal: AbortSignal): Promise<FeatureSetPlan>;
}

/** A version of a model; 0 stands for the rules. */
export interface VersionKey {
  readonly model: string;
  readonly version: number;
}

/** Counts of one version in the stretch that began at `startMs`. */
export interface StoredCounts<List extends CountList = readonly number[]> extends VersionKey {
  readonly startMs: number;
  readonly counts: WindowCounts<List>;
}

/** A window that is closed: what it was judged by. */
export interface StoredWindow extends VersionKey {
  /** [startMs, endMs), epoch ms. */
  readonly startMs: number;
  readonly endMs: number;
  readonly profileDigest: string;
  /** Before the window. */
  readonly states: DriftStates;
  readonly plan: DriftPlan;
  /** Of the outputs, before the window. */
  readonly output: OutputState;
  readonly outputPlan: OutputPlan;
  readonly counts: WindowCounts;
}

/** What is known of a version beside its counts. */
export interface StoredVersion extends VersionKey {
  /** Batches up to this one are counted. */
  readonly countedThrough: number;
  /** Windows that end by then are closed, epoch ms. */
  readonly closedUntilMs: number;
  /** After the last closed window. */
  readonly states: DriftStates;
  readonly output: OutputState;
}

/** Counts of versions, by minute and by window. */
export interface WindowStore {
  versions(): Iterable<StoredVersion>;
  /** Adds minutes to those that are there, and keeps through which batch these versions are counted; durable when it resolves. */
  addMinutes(minutes: readonly StoredCounts<CountList>[], countedThrough: number): Promise<void>;
  /** Gives the minutes of [fromMs, untilMs), ascending. */
  minutes(key: VersionKey, fromMs: number, untilMs: number): Iterable<StoredCounts>;
  /** Gives the begin of the first minute at or after one, epoch ms; undefined when there is none. */
  firstMinute(key: VersionKey, fromMs: number): number | undefined;
  /** Keeps a closed window with the states after it, lets its minutes and windows beyond the limit go; durable when it resolves. */
  close(window: StoredWindow, after: Pick<StoredVersion, 'states' | 'output'>): Promise<void>;
  /** Gives the newest window that ended at or before `untilMs`. */
  window(key: VersionKey, untilMs: number): StoredWindow | undefined;
  /** Gives what was kept of a version's reference. */
  reference(key: VersionKey): VersionReference | undefined;
  profile(digest: string): Uint8Array | undefined;
  featureSet(featureSetHash: string): FeatureSetPlan | undefined;
  /** Keeps a reference; durable when it resolves. */
  keepReference(key: VersionKey, reference: KeptReference): Promise<void>;
}

/** A reference with all that it names. */
export interface KeptReference extends VersionReference {
  /** Absent where it has none. */
  readonly profile?: Uint8Array;
  readonly featureSet?: FeatureSetPlan;
}
