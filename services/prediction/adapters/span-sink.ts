import type { Telemetry } from '../../shared/platform/telemetry/start-telemetry.ts';
import type { SpanSink } from '../ports.ts';

/** Gives a sink that exports the spans of rows with the telemetry of the process. */
export function telemetrySpans({
  spans,
  ids,
  spanClock,
}: Pick<Telemetry, 'spans' | 'ids' | 'spanClock'>): SpanSink {
  return {
    record({ name, parent, startedAt, endedAt, threadId, error, attributes }) {
      spans.record({
        traceId: parent.traceId,
        spanId: ids.newSpanId(),
        parentSpanId: parent.spanId,
        name,
        startEpochMs: spanClock.epochOf(startedAt),
        endEpochMs: spanClock.epochOf(endedAt),
        threadId,
        error,
        attributes,
      });
    },
  };
}
