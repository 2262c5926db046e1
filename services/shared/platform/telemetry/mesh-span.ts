import {
  type Attributes,
  type Link,
  SpanKind as OtelSpanKind,
  type SpanContext,
  type SpanStatus,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { SpanKind, SpanRecord } from './span-recorder.ts';

type HrTime = [number, number];
type Scope = ReadableSpan['instrumentationScope'];

const kinds: Readonly<Record<SpanKind, OtelSpanKind>> = {
  internal: OtelSpanKind.INTERNAL,
  server: OtelSpanKind.SERVER,
  client: OtelSpanKind.CLIENT,
  producer: OtelSpanKind.PRODUCER,
  consumer: OtelSpanKind.CONSUMER,
};

const unset: SpanStatus = { code: SpanStatusCode.UNSET };

/** A finished span in the shape that exporters of the SDK read. */
export class MeshSpan implements ReadableSpan {
  readonly name: string;
  readonly kind: OtelSpanKind;
  readonly parentSpanContext?: SpanContext;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly duration: HrTime;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly links: Link[];
  readonly events: [] = [];
  readonly ended = true;
  readonly resource: Resource;
  readonly instrumentationScope: Scope;
  readonly droppedAttributesCount = 0;
  readonly droppedEventsCount = 0;
  readonly droppedLinksCount = 0;
  readonly #context: SpanContext;

  constructor(record: SpanRecord, resource: Resource, scope: Scope) {
    this.#context = contextOf(record.traceId, record.spanId);
    this.name = record.name;
    this.kind = kinds[record.kind ?? 'internal'];
    if (record.parentSpanId) {
      this.parentSpanContext = contextOf(record.traceId, record.parentSpanId);
    }
    this.startTime = hrTime(record.startEpochMs);
    this.endTime = hrTime(Math.max(record.startEpochMs, record.endEpochMs));
    this.duration = hrTime(Math.max(0, record.endEpochMs - record.startEpochMs));
    this.status =
      record.error === undefined ? unset : { code: SpanStatusCode.ERROR, message: record.error };
    this.attributes = attributesOf(record);
    this.links = (record.links ?? []).map((link) => ({
      context: contextOf(link.traceId, link.spanId),
    }));
    this.resource = resource;
    this.instrumentationScope = scope;
  }

  spanContext(): SpanContext {
    return this.#context;
  }
}

function attributesOf(record: SpanRecord): Attributes {
  const attributes: Attributes = { 'thread.id': record.threadId ?? 0 };
  for (const name in record.attributes) {
    const value = record.attributes[name];
    if (value !== undefined) attributes[name] = value;
  }
  return attributes;
}

// What is recorded is wanted: the decision was made by whoever recorded it.
function contextOf(traceId: string, spanId: string): SpanContext {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
}

function hrTime(ms: number): HrTime {
  const seconds = Math.trunc(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1_000_000)];
}
