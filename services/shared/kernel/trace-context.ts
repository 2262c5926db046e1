/** Where a span hangs in a trace, as W3C Trace Context carries it. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits, not all zero: the parent of what is started under this context. */
  readonly spanId: string;
  /** Whether the head of the trace decided to export it. */
  readonly isSampled: boolean;
}

/** Writes a `traceparent` header. @source https://www.w3.org/TR/trace-context/#traceparent-header */
export function formatTraceparent(context: TraceContext): string {
  return `00-${context.traceId}-${context.spanId}-${context.isSampled ? '01' : '00'}`;
}

const pattern = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/;

/** Reads a `traceparent` header; gives undefined for one that is malformed, as the specification asks. */
export function parseTraceparent(header: string): TraceContext | undefined {
  const match = pattern.exec(header);
  const traceId = match?.[1];
  const spanId = match?.[2];
  const flags = match?.[3];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (header.startsWith('ff') || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Bytes of one context in a stream frame: trace id (16), span id (8), flags (1). */
export const traceContextBytes = 25;

/** Writes a context, or zeros where there is none, at row `row` of a frame's packed contexts. */
export function packTraceContext(
  into: Buffer,
  row: number,
  context: TraceContext | undefined,
): void {
  const offset = row * traceContextBytes;
  if (context === undefined) {
    into.fill(0, offset, offset + traceContextBytes);
    return;
  }
  into.write(context.traceId, offset, 16, 'hex');
  into.write(context.spanId, offset + 16, 8, 'hex');
  into[offset + 24] = context.isSampled ? 1 : 0;
}

/** Reads row `row` of a frame's packed contexts; undefined where nothing was written or the frame carries none. */
export function unpackTraceContext(from: Buffer, row: number): TraceContext | undefined {
  const offset = row * traceContextBytes;
  if (
    from.length < offset + traceContextBytes ||
    from.readUInt32LE(offset + 16) + from.readUInt32LE(offset + 20) === 0
  )
    return undefined;
  return {
    traceId: from.toString('hex', offset, offset + 16),
    spanId: from.toString('hex', offset + 16, offset + 24),
    isSampled: from[offset + 24] === 1,
  };
}
