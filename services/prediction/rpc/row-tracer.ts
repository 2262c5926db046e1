import type { InferBatch__Output } from '../../gen/mlmesh/prediction/v1/InferBatch.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { type TraceContext, unpackTraceContext } from '../../shared/kernel/trace-context.ts';
import type { MonotonicMs } from '../../shared/kernel/units.ts';
import type { InferOutcome } from '../core/infer-job.ts';
import type { SpanSink } from '../ports.ts';

/** What spans say of a request. */
export interface TracedRequest {
  readonly model: string;
  readonly version: number;
  readonly priority: string;
}

/**
 * Makes the spans of sampled rows: `prediction queue` until the native call began, `inference` while it ran on its thread.
 * The rows of a call share its times, so each trace shows the call that its row was in.
 */
export class RowTracer {
  readonly #spans: SpanSink;
  readonly #clock: Clock;

  constructor(spans: SpanSink, clock: Clock) {
    this.#spans = spans;
    this.#clock = clock;
  }

  /** Records the spans of a batch; costs nothing where it carries no trace contexts. */
  trace(batch: InferBatch__Output, outcome: InferOutcome, arrivedAt: MonotonicMs): void {
    if (batch.traceContexts.length === 0) return;
    for (let row = 0; row < batch.rows; row += 1) {
      const parent = unpackTraceContext(batch.traceContexts, row);
      if (parent?.isSampled === true) this.traceOne(parent, batch, outcome, arrivedAt);
    }
  }

  /** Records the spans of one request, below `parent`. */
  traceOne(
    parent: TraceContext,
    of: TracedRequest,
    outcome: InferOutcome,
    arrivedAt: MonotonicMs,
  ): void {
    const attributes = {
      'mesh.model': of.model,
      'mesh.version': of.version,
      'mesh.priority': of.priority,
    };
    const call = outcome.kind === 'rows' ? outcome.call : undefined;
    this.#spans.record({
      name: 'prediction queue',
      parent,
      startedAt: arrivedAt,
      endedAt: call?.startedAt ?? this.#clock.monotonic(),
      threadId: 0,
      error: outcome.kind === 'failed' ? outcome.error.reason : undefined,
      attributes,
    });
    if (call === undefined) return;
    this.#spans.record({
      name: 'inference',
      parent,
      startedAt: call.startedAt,
      endedAt: call.endedAt,
      threadId: call.threadId,
      error: undefined,
      attributes: { ...attributes, 'mesh.backend': call.backend, 'mesh.call_rows': call.rows },
    });
  }
}
