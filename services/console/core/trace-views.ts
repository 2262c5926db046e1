import type { ViewBase } from './view-base.ts';

/** One kept trace. */
export interface TraceItem {
  readonly traceId: string;
  readonly rootName: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly spans: number;
  readonly processes: number;
  readonly threads: number;
}

/** The newest traces. */
export interface TracesView extends ViewBase {
  /** Newest first. */
  readonly traces: readonly TraceItem[];
}

/** One span of a waterfall. */
export interface SpanItem {
  readonly spanId: string;
  readonly name: string;
  readonly service: string;
  readonly processId: number;
  /** 0 is the main thread. */
  readonly threadId: number;
  readonly durationMs: number;
  /** Begin, ms after that of the whole. */
  readonly offsetMs: number;
  /** Begin and length as shares of the whole, 0 to 1. */
  readonly from: number;
  readonly length: number;
  /** Levels below the root, from 0. */
  readonly depth: number;
  /** Whether the trace caused it and did not wait for it. */
  readonly isLinked: boolean;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A trace as a waterfall. */
export interface TraceView extends ViewBase {
  readonly traceId: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly processes: number;
  readonly threads: number;
  /** A parent before its children, siblings by their begin. */
  readonly spans: readonly SpanItem[];
}
