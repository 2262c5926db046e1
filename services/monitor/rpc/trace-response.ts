import type { TraceSpan } from '../../gen/mlmesh/monitor/v1/TraceSpan.ts';
import type { TraceSummary as TraceSummaryMessage } from '../../gen/mlmesh/monitor/v1/TraceSummary.ts';
import type { TraceSummary } from '../core/trace-store.ts';
import { type StoredSpan, waterfall } from '../core/waterfall.ts';

/** Gives spans in the order of a waterfall, each with its depth, so that whoever reads them only draws. */
export function toTraceSpans(spans: readonly StoredSpan[]): TraceSpan[] {
  return waterfall(spans).map(({ span, depth, isLinked }) => ({
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    service: span.service,
    processId: span.processId,
    threadId: span.threadId,
    startMs: span.startMs,
    durationMs: span.durationMs,
    depth,
    isLinked,
    isError: span.isError,
    attributes: { ...span.attributes },
  }));
}

/** Gives the message of a summary. */
export function toTraceSummary(summary: TraceSummary): TraceSummaryMessage {
  return { ...summary };
}
