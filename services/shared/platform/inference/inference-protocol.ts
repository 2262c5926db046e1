import type { ModelSpec } from './model-spec.ts';

/** Where the bytes of an artifact are: in a file that the worker reads, or handed over. */
export type ArtifactSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

/** What every thread of an inference pool gets when it starts. */
export interface InferenceWorkerData {
  readonly spec: ModelSpec;
  readonly artifact: ArtifactSource;
}

/** What a thread is asked. Plain data. */
export type InferenceRequest =
  | {
      /** Waits until the model is open and has run once. */
      readonly kind: 'warm';
    }
  | {
      readonly kind: 'infer';
      readonly rows: number;
      /** float32 [rows, columns] row-major, little-endian; transferred. */
      readonly input: ArrayBuffer;
    };

/** What a thread answers. Plain data. */
export type InferenceReply =
  | { readonly kind: 'warmed'; readonly backend: string; readonly threadId: number }
  | InferredRows;

/** Outputs of one native call, and when and where it ran. */
export interface InferredRows {
  readonly kind: 'inferred';
  /** float32 [rows, outputs] row-major. */
  readonly outputs: Float32Array;
  /** Runtime that ran it. */
  readonly backend: string;
  /** Thread that ran it, as `node:worker_threads` numbers it. */
  readonly threadId: number;
  /** Begin of the native call, measured on the thread: milliseconds since the Unix epoch, with fractions. */
  readonly startMs: number;
  /** End of the native call, likewise. */
  readonly endMs: number;
  /** Rows whose features hold NaN or infinity, ascending; what stands in their outputs means nothing. */
  readonly badInputRows: readonly number[];
  /** Rows whose outputs hold NaN or infinity though their features do not, ascending. */
  readonly badOutputRows: readonly number[];
}
