import type { SpanItem, TraceView } from './trace-views.ts';

/** A span as the monitor keeps it; times are epoch ms, fractional. */
export interface TimedSpan extends Omit<SpanItem, 'offsetMs' | 'from' | 'length'> {
  readonly startMs: number;
}

/** Gives the spans of a trace on one time line. */
export function waterfallOf(
  spans: readonly TimedSpan[],
): Omit<TraceView, 'mesh' | 'atMs' | 'faults' | 'traceId'> {
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const endMs = Math.max(...spans.map((span) => span.startMs + span.durationMs));
  const isEmpty = spans.length === 0;
  const durationMs = isEmpty ? 0 : endMs - startMs;
  // A trace of no duration at all still gets its bars.
  const wholeMs = Math.max(durationMs, Number.MIN_VALUE);
  return {
    startMs: isEmpty ? 0 : startMs,
    durationMs,
    processes: new Set(spans.map((span) => span.processId)).size,
    threads: new Set(spans.map((span) => `${span.processId}/${span.threadId}`)).size,
    spans: spans.map(({ startMs: spanMs, ...span }) => ({
      ...span,
      offsetMs: spanMs - startMs,
      from: (spanMs - startMs) / wholeMs,
      length: span.durationMs / wholeMs,
    })),
  };
}
