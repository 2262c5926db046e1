import type { StoredSpan } from './waterfall.ts';

/** One kept trace in short. */
export interface TraceSummary {
  readonly traceId: string;
  readonly rootName: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly spans: number;
  readonly processes: number;
  readonly threads: number;
}

/** How much is kept. */
export interface TraceStoreLimits {
  readonly tracesMax: number;
  readonly spansPerTraceMax: number;
}

/** Keeps the last traces in memory: the oldest trace leaves when there are too many, and surplus spans of a trace are counted and dropped. */
export class TraceStore {
  readonly #limits: TraceStoreLimits;
  readonly #traces = new Map<string, StoredSpan[]>();
  /** Traces whose root links to a trace, by that trace's id. */
  readonly #linked = new Map<string, Set<string>>();
  #dropped = 0;

  constructor(limits: TraceStoreLimits) {
    this.#limits = limits;
  }

  get droppedSpans(): number {
    return this.#dropped;
  }

  /** Takes a finished span. */
  add(span: StoredSpan): void {
    const spans = this.#spansOf(span.traceId);
    if (spans.length >= this.#limits.spansPerTraceMax) {
      this.#dropped += 1;
      return;
    }
    spans.push(span);
    for (const link of span.links) {
      if (link.traceId === span.traceId) continue;
      const linked = this.#linked.get(link.traceId) ?? new Set();
      linked.add(span.traceId);
      this.#linked.set(link.traceId, linked);
      trimOldest(this.#linked, this.#limits.tracesMax);
    }
  }

  /** Gives the spans of a trace and of those that link to it; empty when it is not kept. */
  spansOf(traceId: string): readonly StoredSpan[] {
    const own = this.#traces.get(traceId) ?? [];
    const linked = [...(this.#linked.get(traceId) ?? [])];
    return [...own, ...linked.flatMap((id) => this.#traces.get(id) ?? [])];
  }

  /** Gives the newest traces, newest first, linked ones counted to the trace that they link to when it has this root name. */
  list(tracesMax: number, rootName: string): readonly TraceSummary[] {
    const summaries: TraceSummary[] = [];
    for (const traceId of [...this.#traces.keys()].reverse()) {
      if (summaries.length >= tracesMax) break;
      const summary = summarise(traceId, this.#traces.get(traceId) ?? [], this.spansOf(traceId));
      if (rootName === '' || summary.rootName === rootName) summaries.push(summary);
    }
    return summaries;
  }

  #spansOf(traceId: string): StoredSpan[] {
    const known = this.#traces.get(traceId);
    if (known) return known;
    const spans: StoredSpan[] = [];
    this.#traces.set(traceId, spans);
    for (const oldest of this.#traces.keys()) {
      if (this.#traces.size <= this.#limits.tracesMax) break;
      this.#traces.delete(oldest);
      this.#linked.delete(oldest);
    }
    return spans;
  }
}

/** A trace that is linked to may never come itself, so links have their own limit. */
function trimOldest(map: Map<string, unknown>, sizeMax: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= sizeMax) return;
    map.delete(oldest);
  }
}

function summarise(
  traceId: string,
  own: readonly StoredSpan[],
  all: readonly StoredSpan[],
): TraceSummary {
  const ids = new Set(own.map((span) => span.spanId));
  const root = own.find((span) => !ids.has(span.parentSpanId)) ?? own[0];
  const startMs = Math.min(...own.map((span) => span.startMs));
  const endMs = Math.max(...own.map((span) => span.startMs + span.durationMs));
  return {
    traceId,
    rootName: root?.name ?? '',
    startMs,
    durationMs: endMs - startMs,
    spans: all.length,
    processes: new Set(all.map((span) => span.processId)).size,
    threads: new Set(all.map((span) => `${span.processId}/${span.threadId}`)).size,
  };
}
