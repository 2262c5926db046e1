import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { MonotonicMs } from '../../shared/kernel/units.ts';

/** Which queue a job waits in: somebody waits for the answer, or it is only logged. */
export type InferPriority = 'production' | 'shadow';

/** Outputs of one native call, and when and where it ran. */
export interface NativeCall {
  /** Rows of the call, over all jobs in it. */
  readonly rows: number;
  /** float32 [rows, outputs] row-major. */
  readonly outputs: Float32Array;
  /** Runtime that ran it. */
  readonly backend: string;
  /** Thread that ran it. */
  readonly threadId: number;
  /** Begin of the native call. */
  readonly startedAt: MonotonicMs;
  /** End of the native call. */
  readonly endedAt: MonotonicMs;
  /** Rows whose features hold NaN or infinity, ascending. */
  readonly badInputRows: readonly number[];
  /** Rows whose outputs do though their features do not, ascending. */
  readonly badOutputRows: readonly number[];
}

/** Runs the model once for all rows. `input` is float32 [rows, columns] row-major and is given away. */
export type RunNative = (input: Float32Array<ArrayBuffer>, rows: number) => Promise<NativeCall>;

/** Rows that are answered together. */
export interface InferJob {
  /** From 1. */
  readonly rows: number;
  /** float32 little-endian [rows, columns] row-major, aligned or not; read when the job is taken, so it must not change. */
  readonly features: Uint8Array;
  readonly priority: InferPriority;
  /** A job that is still queued then is dropped. */
  readonly deadline: MonotonicMs;
  /** Called once. */
  readonly onSettled: (outcome: InferOutcome) => void;
}

/** How a job went. */
export type InferOutcome =
  | {
      readonly kind: 'rows';
      /** float32 [rows, outputs] row-major; a view of the outputs of the call. */
      readonly outputs: Float32Array;
      readonly queuedAt: MonotonicMs;
      /** The native call that it shared with others. */
      readonly call: NativeCall;
    }
  | { readonly kind: 'failed'; readonly error: MeshError };

/** A job in a queue. */
export interface QueuedJob extends InferJob {
  readonly queuedAt: MonotonicMs;
}
