import type { Tensor } from '../shared/compute/tensor/tensor.ts';
import type { MeshError } from '../shared/kernel/mesh-error.ts';
import type { TraceContext } from '../shared/kernel/trace-context.ts';
import type { MonotonicMs } from '../shared/kernel/units.ts';
import type { NativeCall } from './core/infer-job.ts';
import type { KnownVersion, ServableSpec } from './core/servable-spec.ts';
import type { RegistryView } from './core/wanted-set.ts';

/** The threads of one version. */
export interface Servable {
  /** Native calls that it runs at the same time. */
  readonly threads: number;
  /**
   * Verifies the artifact and opens it on each thread; gives the runtime.
   * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT, FAILED_PRECONDITION / ARTIFACT_UNSUPPORTED or TENSOR_SHAPE.
   */
  open(): Promise<string>;
  /**
   * Runs the model on each thread.
   * @throws {MeshError} INTERNAL / TENSOR_SHAPE or INFERENCE_FAILED.
   */
  warm(): Promise<void>;
  /** Runs the model once for all rows; the buffers of `inputs`, each of one tensor alone, are given away. */
  run(inputs: readonly Tensor[], rows: number): Promise<NativeCall>;
  /**
   * Waits for the calls under way, then releases everything.
   * @throws {MeshError} UNAVAILABLE / WORKER_STUCK when a call still runs after `graceMs`.
   */
  stop(graceMs: number): Promise<void>;
}

/** Turns a version into threads that can run it. */
export interface ServableLoader {
  /**
   * Fetches the artifact and starts the threads. `onStuck` is called once if a call on them does not come back.
   * @throws {MeshError} UNAVAILABLE / PEER_UNAVAILABLE, DATA_LOSS / ARTIFACT_CORRUPT or SIGNATURE_INVALID, RESOURCE_EXHAUSTED / ARTIFACT_TOO_LARGE.
   */
  load(
    spec: ServableSpec,
    onStuck: (error: MeshError) => void,
    signal: AbortSignal,
  ): Promise<Servable>;
}

/** Keeps artifacts on disk under their digest. */
export interface ArtifactStore {
  /**
   * Gives the path of a file with the bytes of the digest, which it fetches where it is not there yet.
   * @throws {MeshError} UNAVAILABLE / PEER_UNAVAILABLE, DATA_LOSS / ARTIFACT_CORRUPT, RESOURCE_EXHAUSTED / ARTIFACT_TOO_LARGE.
   */
  fetch(artifact: ArtifactRef, signal: AbortSignal): Promise<string>;
}

/** Checks who vouches for a version. */
export interface SignatureCheck {
  /**
   * Passes where the signature of a version holds, by a key that is trusted.
   * @throws {MeshError} DATA_LOSS / SIGNATURE_INVALID; UNAVAILABLE / PEER_UNAVAILABLE.
   */
  check(spec: ServableSpec, signal: AbortSignal): Promise<void>;
}

/** Which artifact. */
export interface ArtifactRef {
  /** SHA-256, 64 hexadecimal digits. */
  readonly digest: string;
  readonly bytes: number;
}

/** Downloads artifacts. */
export interface ArtifactSource {
  /** Gives the bytes in order. @throws {MeshError} UNAVAILABLE / PEER_UNAVAILABLE. */
  download(digest: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Tells what the registry says: all at first, then again after every change. */
export interface RegistryFeed {
  /** Goes on, over every outage of the registry, until `signal` aborts. */
  follow(onView: (view: RegistryView) => void, signal: AbortSignal): Promise<void>;
}

/** Which version. */
export interface ServableName {
  readonly model: string;
  readonly version: number;
}

/** Finds versions that no alias need point to. */
export interface VersionLookup {
  /**
   * Gives a version, or the newest one of a model.
   * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN or VERSION_UNKNOWN; UNAVAILABLE / PEER_UNAVAILABLE.
   */
  find(model: string, version: number | undefined, signal: AbortSignal): Promise<KnownVersion>;
}

/** The versions that were requested, in a file. */
export interface RequestFile {
  /** Gives none where there is no file, or none that can be read. */
  read(): Promise<readonly ServableName[]>;
  /** Replaces the file as a whole. */
  write(names: readonly ServableName[]): Promise<void>;
}

/** A span of one row, with times read from the clock that all threads share. */
export interface RowSpan {
  readonly name: string;
  readonly parent: TraceContext;
  readonly startedAt: MonotonicMs;
  readonly endedAt: MonotonicMs;
  /** Thread that did the work; 0 is the main one. */
  readonly threadId: number;
  /** Why it failed; undefined when it did not. */
  readonly error: string | undefined;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** Takes spans; never blocks. */
export interface SpanSink {
  record(span: RowSpan): void;
}
