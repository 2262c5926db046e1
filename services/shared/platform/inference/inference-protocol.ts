import type { Tensor } from '../../compute/tensor/tensor.ts';
import type { MonotonicMs } from '../../kernel/units.ts';
import type { ExecutionProviderName } from './execution-provider.ts';
import type { ModelSpec } from './model-spec.ts';

/** Where the bytes of an artifact are: in a file that the worker reads, or handed over. */
export type ArtifactSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

/** What every thread of an inference pool gets when it starts. */
export interface InferenceWorkerData {
  readonly spec: ModelSpec;
  readonly artifact: ArtifactSource;
  /** Where ONNX Runtime runs it. */
  readonly provider: ExecutionProviderName;
}

/** What a thread is asked. Plain data. */
export type InferenceRequest =
  | {
      /** Waits until the artifact is verified and the model is open. */
      readonly kind: 'open';
    }
  | {
      /** Runs the model on zeros, so that the first caller does not pay for the first run. */
      readonly kind: 'warm';
    }
  | {
      /** Frees what the model holds; the last thing that a thread is asked. */
      readonly kind: 'release';
    }
  | {
      readonly kind: 'infer';
      /** Size of the batch; 1 for a model that is not batched. */
      readonly rows: number;
      /** In the order of the spec; their buffers are transferred. */
      readonly inputs: readonly Tensor[];
    };

/** What a thread answers. Plain data. */
export type InferenceReply =
  | { readonly kind: 'opened'; readonly backend: string }
  | { readonly kind: 'warmed' }
  | { readonly kind: 'released' }
  | InferredRows;

/** Outputs of one native call, and when and where it ran. */
export interface InferredRows {
  readonly kind: 'inferred';
  /** Rows of the call. */
  readonly rows: number;
  /** In the order of the spec. */
  readonly outputs: readonly Tensor[];
  /** Runtime that ran it. */
  readonly backend: string;
  /** Thread that ran it, as `node:worker_threads` numbers it. */
  readonly threadId: number;
  /** Begin of the process that ran it, on the epoch: another process reads another clock. Milliseconds. */
  readonly clockOriginMs: number;
  /** Begin of the native call, by the clock that all threads of that process share. */
  readonly startedAt: MonotonicMs;
  /** End of the native call, likewise. */
  readonly endedAt: MonotonicMs;
  /** Rows whose features hold NaN or infinity, ascending; what stands in their outputs means nothing. */
  readonly badInputRows: readonly number[];
  /** Rows whose outputs hold NaN or infinity though their features do not, ascending. */
  readonly badOutputRows: readonly number[];
}
