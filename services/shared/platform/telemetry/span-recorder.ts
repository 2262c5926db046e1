/** What a span does, as OpenTelemetry names it. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** A span to which another one belongs without being its child. */
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
}

/** A value of a span's attribute. */
export type AttributeValue = string | number | boolean;

/** A finished span, told after the fact. Ids and times are the caller's, so whoever makes it decides at the end whether it is wanted. */
export interface SpanRecord {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits. */
  readonly spanId: string;
  /** Undefined for a root. */
  readonly parentSpanId?: string | undefined;
  readonly name: string;
  /** 'internal' by default. */
  readonly kind?: SpanKind;
  /** Milliseconds since the Unix epoch, fractional: {@link SpanClock.epochOf} of a monotonic reading. */
  readonly startEpochMs: number;
  readonly endEpochMs: number;
  readonly attributes?: Readonly<Record<string, AttributeValue | undefined>>;
  readonly links?: readonly SpanLink[];
  /** Why the span failed; undefined when it did not. */
  readonly error?: string | undefined;
  /** Thread that did the work; 0, the main one, by default. */
  readonly threadId?: number;
}

/** Takes finished spans; never throws, never waits, drops and counts when its queue is full. */
export interface SpanRecorder {
  record(span: SpanRecord): void;
}
