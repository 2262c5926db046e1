import type { Tensor } from '../../shared/compute/tensor/tensor.ts';
import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { MonotonicMs } from '../../shared/kernel/units.ts';

/** Which queue a job waits in: somebody waits for the answer, or it is only logged. */
export type InferPriority = 'production' | 'shadow';

/** Outputs of one native call, and when and where it ran. */
export interface NativeCall {
  /** Rows of the call, over all jobs in it. */
  readonly rows: number;
  /** In the order of the signature. */
  readonly outputs: readonly Tensor[];
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

/** Runs the model once for all rows. The buffers of `inputs`, each of one tensor alone, are given away. */
export type RunNative = (inputs: readonly Tensor[], rows: number) => Promise<NativeCall>;

/** Who waits for an answer. */
export interface Caller {
  /** Whether it has given up: nothing is run for it any more. */
  readonly isCancelled: boolean;
}

/** Rows that are answered together. */
export interface InferJob {
  /** Size of its batch, from 1; 1 for a model that does not batch. */
  readonly rows: number;
  /** In the order of the signature, and checked against it; read when the job is taken, so they must not change. */
  readonly inputs: readonly Tensor[];
  readonly priority: InferPriority;
  /** A job that is still queued then is dropped. */
  readonly deadline: MonotonicMs;
  readonly caller: Caller;
  /** Called once. */
  readonly onSettled: (outcome: InferOutcome) => void;
}

/** How a job went. */
export type InferOutcome =
  | {
      readonly kind: 'rows';
      /** Its rows, in the order of the signature; views of the outputs of the call. */
      readonly outputs: readonly Tensor[];
      readonly queuedAt: MonotonicMs;
      /** The native call that it shared with others. */
      readonly call: NativeCall;
    }
  | { readonly kind: 'failed'; readonly error: MeshError };

/** A job in a queue. */
export interface QueuedJob extends InferJob {
  readonly queuedAt: MonotonicMs;
  /** Bytes of its inputs. */
  readonly bytes: number;
}
