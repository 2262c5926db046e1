/** One finished span as services export it. */
export interface StoredSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly service: string;
  readonly processId: number;
  readonly threadId: number;
  /** Milliseconds since the Unix epoch, fractional. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, string>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** A span at its place in a waterfall. */
export interface WaterfallSpan {
  readonly span: StoredSpan;
  /** Levels below the root, from 0. */
  readonly depth: number;
  /** Whether it hangs here by a link. */
  readonly isLinked: boolean;
}

/**
 * Orders spans as a waterfall: a parent before its children, siblings by their start. A root that links to a span of the waterfall (a shadow
 * does) hangs under that span. A span whose parent is not there stands at the top. Each span appears once. O(n log n).
 */
export function waterfall(spans: readonly StoredSpan[]): readonly WaterfallSpan[] {
  const ids = new Set(spans.map((span) => span.spanId));
  const children = new Map<string, { span: StoredSpan; isLinked: boolean }[]>();
  const tops: { span: StoredSpan; isLinked: boolean }[] = [];
  for (const span of [...spans].sort((left, right) => left.startMs - right.startMs)) {
    const link = span.links.find((candidate) => ids.has(candidate.spanId));
    const isLinked = !ids.has(span.parentSpanId) && link !== undefined;
    const parent = isLinked ? link.spanId : span.parentSpanId;
    const siblings = ids.has(parent) && parent !== span.spanId ? listOf(children, parent) : tops;
    siblings.push({ span, isLinked });
  }
  const ordered: WaterfallSpan[] = [];
  const seen = new Set<string>();
  const stack = tops.reverse().map((top) => ({ ...top, depth: 0 }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (seen.has(top.span.spanId)) continue;
    seen.add(top.span.spanId);
    ordered.push(top);
    const below = children.get(top.span.spanId) ?? [];
    for (const child of [...below].reverse()) stack.push({ ...child, depth: top.depth + 1 });
  }
  return ordered;
}

function listOf<T>(map: Map<string, T[]>, key: string): T[] {
  const known = map.get(key);
  if (known) return known;
  const list: T[] = [];
  map.set(key, list);
  return list;
}
