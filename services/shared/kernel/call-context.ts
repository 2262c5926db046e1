import type { TraceContext } from './trace-context.ts';
import type { MonotonicMs } from './units.ts';

/** What every call carries. Immutable: whoever needs another derives one. */
export interface CallContext {
  /** Full method name, such as `mlmesh.router.v1.RouterService/Predict`. */
  readonly method: string;
  /** On this process's monotonic clock. Every call has one; it shrinks from hop to hop and never grows. */
  readonly deadline: MonotonicMs;
  /** Aborts when the caller is gone or the deadline has passed; its reason is a MeshError. */
  readonly signal: AbortSignal;
  /** Where the spans of this call hang; undefined when the caller is not traced. */
  readonly trace: TraceContext | undefined;
}
