import type { MeshError } from '../shared/kernel/mesh-error.ts';
import type { TraceContext } from '../shared/kernel/trace-context.ts';
import type { DurationMs, EpochMs, MonotonicMs } from '../shared/kernel/units.ts';
import type { RoleName } from './core/cohort.ts';
import type { AliasPosition, TrafficPosition } from './core/routing-table.ts';

/** Asks for the view columns of one feature vector. */
export interface FeatureQuery {
  readonly featureSetHash: string;
  /** Entity keys in the order of the feature set's join keys. */
  readonly keys: readonly string[];
  /** Time t of the vector. */
  readonly atMs: EpochMs;
  readonly trace: TraceContext | undefined;
  readonly deadline: MonotonicMs;
}

/** View columns of one feature vector; the arrays are views into a frame and must not be written. */
export interface FeatureAnswer {
  /** [view columns], the default where the status is not present. */
  readonly values: Float64Array;
  /** [view columns], see mlmesh.common.v1.FeatureStatus, less one. */
  readonly statuses: Uint8Array;
  readonly logOffset: number;
}

/** Whoever waits for an answer of a stream: exactly one of the two is called, once. */
export interface Receiver<T> {
  onAnswer(answer: T): void;
  onFailure(error: MeshError): void;
}

/** Reads feature vectors over the stream to the feature service. */
export interface FeatureReader {
  read(query: FeatureQuery, receiver: Receiver<FeatureAnswer>): void;
}

/** Asks one version for its outputs. */
export interface ModelQuery {
  readonly model: string;
  readonly version: number;
  readonly featureSetHash: string;
  /** [features], as the signature orders them. */
  readonly row: Float32Array;
  readonly trace: TraceContext | undefined;
  readonly deadline: MonotonicMs;
}

/** Outputs of one version for one row. */
export interface ModelAnswer {
  /** [outputs], as the signature orders them. */
  readonly outputs: Float32Array;
  readonly queueMs: number;
  readonly computeMs: number;
}

/** Runs versions over a stream to the prediction service: one for production, one for shadows. */
export interface ModelRunner {
  run(query: ModelQuery, receiver: Receiver<ModelAnswer>): void;
}

/** The fallback model, on a worker thread of this process. */
export interface FallbackModel {
  /** Version that is loaded; 0 while there is none. */
  readonly version: number;
  /** Name of its output; undefined while there is none. */
  readonly outputName: string | undefined;
  /** Measured 99th percentile of an answer; a cautious guess while there are too few. */
  readonly p99Ms: DurationMs;
  infer(row: Float32Array): Promise<Float32Array>;
}

/** Takes what the monitor is to know; never blocks, drops and counts when its queue is full. */
export interface PredictionLog {
  prediction(record: PredictionRecord): void;
  shadow(record: ShadowRecord): void;
}

/** Tier names on the wire, without prefix. */
export type TierName = 'MODEL' | 'FALLBACK' | 'RULES';

/** One answer that went to a caller, for the monitor. */
export interface PredictionRecord {
  readonly predictionId: string;
  readonly model: string;
  readonly tier: TierName;
  readonly version: number;
  readonly role: RoleName;
  readonly score: number;
  readonly keys: readonly string[];
  readonly featureSetHash: string;
  readonly atMs: EpochMs;
  /** Undefined when there was no feature vector. */
  readonly features: FeatureAnswer | undefined;
  readonly requestValues: Float64Array;
  readonly latencyMs: number;
  readonly skippedReason: string;
  readonly traceId: string;
  readonly shadowVersions: readonly number[];
  /** Version that was to answer; 0 for none. */
  readonly assignedVersion: number;
  /** How long that version took or was waited for, and what it had; 0 where they were not measured. */
  readonly modelMs: number;
  readonly modelBudgetMs: number;
}

/** The answer of one shadow to one prediction, for the monitor. */
export interface ShadowRecord {
  readonly predictionId: string;
  readonly version: number;
  readonly result: { readonly score: number } | { readonly failedReason: string };
  readonly latencyMs: number;
}

/** Learns what the registry tells. */
export interface RegistryListener {
  /** Which feature set a version was trained on; comes before any alias that points to it. */
  onVersion(model: string, version: number, featureSetHash: string): void;
  onAlias(position: AliasPosition): void;
  /** How the traffic of a model is steered; comes when it was steered. */
  onTraffic(traffic: TrafficPosition): void;
}

/** Tells the versions and alias positions of the registry: all that hold at first, then every change, and how traffic is steered. */
export interface AliasFeed {
  follow(listener: RegistryListener, signal: AbortSignal): Promise<void>;
}
