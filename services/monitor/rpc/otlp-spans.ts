import type { AnyValue__Output } from '../../gen/opentelemetry/proto/common/v1/AnyValue.ts';
import type { KeyValue__Output } from '../../gen/opentelemetry/proto/common/v1/KeyValue.ts';
import type { Resource__Output } from '../../gen/opentelemetry/proto/resource/v1/Resource.ts';
import type { ResourceSpans__Output } from '../../gen/opentelemetry/proto/trace/v1/ResourceSpans.ts';
import type { Span__Output } from '../../gen/opentelemetry/proto/trace/v1/Span.ts';
import type { StoredSpan } from '../core/waterfall.ts';

/** Gives the spans of one process; those without usable ids are left out. */
export function readSpans(from: ResourceSpans__Output): readonly StoredSpan[] {
  const resource = attributesOf(from.resource?.attributes ?? []);
  const service = resource['service.name'] ?? '';
  const processId = wholeNumber(resource['process.pid']);
  return from.scopeSpans
    .flatMap(({ spans }) => spans)
    .filter(hasIds)
    .map((span) => readSpan(span, service, processId));
}

/** Gives the name of the service that a resource is about; empty when it does not say. */
export function serviceOf(resource: Resource__Output | null): string {
  return attributesOf(resource?.attributes ?? [])['service.name'] ?? '';
}

function readSpan(span: Span__Output, service: string, processId: number): StoredSpan {
  const attributes = attributesOf(span.attributes);
  const startMs = millisOf(span.startTimeUnixNano);
  return {
    traceId: span.traceId.toString('hex'),
    spanId: span.spanId.toString('hex'),
    parentSpanId: span.parentSpanId.toString('hex'),
    name: span.name,
    service,
    processId,
    threadId: wholeNumber(attributes['thread.id']),
    startMs,
    durationMs: Math.max(0, millisOf(span.endTimeUnixNano) - startMs),
    isError: span.status?.code === 'STATUS_CODE_ERROR',
    attributes: span.status?.message
      ? { ...attributes, 'status.message': span.status.message }
      : attributes,
    links: span.links.map((link) => ({
      traceId: link.traceId.toString('hex'),
      spanId: link.spanId.toString('hex'),
    })),
  };
}

function hasIds(span: Span__Output): boolean {
  return span.traceId.length === 16 && span.spanId.length === 8;
}

/** Splits before it divides: nanoseconds since 1970 do not fit a double, milliseconds with their fraction do, to 0.25 µs. */
function millisOf(nanoseconds: string): number {
  return Number(nanoseconds.slice(0, -6)) + Number(nanoseconds.slice(-6)) / 1_000_000;
}

function attributesOf(pairs: readonly KeyValue__Output[]): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, textOf(value)]));
}

function textOf(value: AnyValue__Output | null): string {
  switch (value?.value) {
    case undefined:
      return '';
    case 'arrayValue':
      return (value.arrayValue?.values ?? []).map(textOf).join(', ');
    case 'kvlistValue':
      return JSON.stringify(attributesOf(value.kvlistValue?.values ?? []));
    case 'bytesValue':
      return value.bytesValue?.toString('hex') ?? '';
    case 'stringValue':
    case 'boolValue':
    case 'intValue':
    case 'doubleValue':
      return String(value[value.value]);
  }
}

function wholeNumber(text: string | undefined): number {
  const value = Number(text ?? 0);
  return Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
