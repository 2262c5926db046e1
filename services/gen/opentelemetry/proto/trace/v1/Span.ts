// Original file: proto/opentelemetry/proto/trace/v1/trace.proto

import type { KeyValue as _opentelemetry_proto_common_v1_KeyValue, KeyValue__Output as _opentelemetry_proto_common_v1_KeyValue__Output } from '../../../../opentelemetry/proto/common/v1/KeyValue.ts';
import type { Status as _opentelemetry_proto_trace_v1_Status, Status__Output as _opentelemetry_proto_trace_v1_Status__Output } from '../../../../opentelemetry/proto/trace/v1/Status.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Something that happened during a span.
 */
export interface _opentelemetry_proto_trace_v1_Span_Event {
  /**
   * Nanoseconds since the Unix epoch.
   */
  'timeUnixNano'?: (number | string | Long);
  /**
   * What happened.
   */
  'name'?: (string);
  /**
   * What else is known of it.
   */
  'attributes'?: (_opentelemetry_proto_common_v1_KeyValue)[];
  /**
   * Attributes left out.
   */
  'droppedAttributesCount'?: (number);
}

/**
 * Something that happened during a span.
 */
export interface _opentelemetry_proto_trace_v1_Span_Event__Output {
  /**
   * Nanoseconds since the Unix epoch.
   */
  'timeUnixNano': (string);
  /**
   * What happened.
   */
  'name': (string);
  /**
   * What else is known of it.
   */
  'attributes': (_opentelemetry_proto_common_v1_KeyValue__Output)[];
  /**
   * Attributes left out.
   */
  'droppedAttributesCount': (number);
}

/**
 * Another span.
 */
export interface _opentelemetry_proto_trace_v1_Span_Link {
  /**
   * 16 bytes.
   */
  'traceId'?: (Buffer | Uint8Array | string);
  /**
   * 8 bytes.
   */
  'spanId'?: (Buffer | Uint8Array | string);
  /**
   * W3C tracestate.
   */
  'traceState'?: (string);
  /**
   * What else is known of it.
   */
  'attributes'?: (_opentelemetry_proto_common_v1_KeyValue)[];
  /**
   * Attributes left out.
   */
  'droppedAttributesCount'?: (number);
  /**
   * Trace flags in the low 8 bits.
   */
  'flags'?: (number);
}

/**
 * Another span.
 */
export interface _opentelemetry_proto_trace_v1_Span_Link__Output {
  /**
   * 16 bytes.
   */
  'traceId': (Buffer);
  /**
   * 8 bytes.
   */
  'spanId': (Buffer);
  /**
   * W3C tracestate.
   */
  'traceState': (string);
  /**
   * What else is known of it.
   */
  'attributes': (_opentelemetry_proto_common_v1_KeyValue__Output)[];
  /**
   * Attributes left out.
   */
  'droppedAttributesCount': (number);
  /**
   * Trace flags in the low 8 bits.
   */
  'flags': (number);
}

// Original file: proto/opentelemetry/proto/trace/v1/trace.proto

/**
 * Part in a call.
 */
export const _opentelemetry_proto_trace_v1_Span_SpanKind = {
  /**
   * Not said.
   */
  SPAN_KIND_UNSPECIFIED: 'SPAN_KIND_UNSPECIFIED',
  /**
   * Inside a process.
   */
  SPAN_KIND_INTERNAL: 'SPAN_KIND_INTERNAL',
  /**
   * Answers a call.
   */
  SPAN_KIND_SERVER: 'SPAN_KIND_SERVER',
  /**
   * Makes a call.
   */
  SPAN_KIND_CLIENT: 'SPAN_KIND_CLIENT',
  /**
   * Sends a message.
   */
  SPAN_KIND_PRODUCER: 'SPAN_KIND_PRODUCER',
  /**
   * Takes a message.
   */
  SPAN_KIND_CONSUMER: 'SPAN_KIND_CONSUMER',
} as const;

/**
 * Part in a call.
 */
export type _opentelemetry_proto_trace_v1_Span_SpanKind =
  /**
   * Not said.
   */
  | 'SPAN_KIND_UNSPECIFIED'
  | 0
  /**
   * Inside a process.
   */
  | 'SPAN_KIND_INTERNAL'
  | 1
  /**
   * Answers a call.
   */
  | 'SPAN_KIND_SERVER'
  | 2
  /**
   * Makes a call.
   */
  | 'SPAN_KIND_CLIENT'
  | 3
  /**
   * Sends a message.
   */
  | 'SPAN_KIND_PRODUCER'
  | 4
  /**
   * Takes a message.
   */
  | 'SPAN_KIND_CONSUMER'
  | 5

/**
 * Part in a call.
 */
export type _opentelemetry_proto_trace_v1_Span_SpanKind__Output = typeof _opentelemetry_proto_trace_v1_Span_SpanKind[keyof typeof _opentelemetry_proto_trace_v1_Span_SpanKind]

/**
 * One finished span.
 */
export interface Span {
  /**
   * 16 bytes.
   */
  'traceId'?: (Buffer | Uint8Array | string);
  /**
   * 8 bytes.
   */
  'spanId'?: (Buffer | Uint8Array | string);
  /**
   * W3C tracestate.
   */
  'traceState'?: (string);
  /**
   * 8 bytes; empty for a root.
   */
  'parentSpanId'?: (Buffer | Uint8Array | string);
  /**
   * What was done.
   */
  'name'?: (string);
  /**
   * Part in a call.
   */
  'kind'?: (_opentelemetry_proto_trace_v1_Span_SpanKind);
  /**
   * Nanoseconds since the Unix epoch.
   */
  'startTimeUnixNano'?: (number | string | Long);
  /**
   * Nanoseconds since the Unix epoch.
   */
  'endTimeUnixNano'?: (number | string | Long);
  /**
   * What else is known of it.
   */
  'attributes'?: (_opentelemetry_proto_common_v1_KeyValue)[];
  /**
   * Attributes left out.
   */
  'droppedAttributesCount'?: (number);
  /**
   * What happened during it.
   */
  'events'?: (_opentelemetry_proto_trace_v1_Span_Event)[];
  /**
   * Events left out.
   */
  'droppedEventsCount'?: (number);
  /**
   * Spans that it belongs to without being their child.
   */
  'links'?: (_opentelemetry_proto_trace_v1_Span_Link)[];
  /**
   * Links left out.
   */
  'droppedLinksCount'?: (number);
  /**
   * How it ended.
   */
  'status'?: (_opentelemetry_proto_trace_v1_Status | null);
  /**
   * Trace flags in the low 8 bits.
   */
  'flags'?: (number);
}

/**
 * One finished span.
 */
export interface Span__Output {
  /**
   * 16 bytes.
   */
  'traceId': (Buffer);
  /**
   * 8 bytes.
   */
  'spanId': (Buffer);
  /**
   * W3C tracestate.
   */
  'traceState': (string);
  /**
   * 8 bytes; empty for a root.
   */
  'parentSpanId': (Buffer);
  /**
   * What was done.
   */
  'name': (string);
  /**
   * Part in a call.
   */
  'kind': (_opentelemetry_proto_trace_v1_Span_SpanKind__Output);
  /**
   * Nanoseconds since the Unix epoch.
   */
  'startTimeUnixNano': (string);
  /**
   * Nanoseconds since the Unix epoch.
   */
  'endTimeUnixNano': (string);
  /**
   * What else is known of it.
   */
  'attributes': (_opentelemetry_proto_common_v1_KeyValue__Output)[];
  /**
   * Attributes left out.
   */
  'droppedAttributesCount': (number);
  /**
   * What happened during it.
   */
  'events': (_opentelemetry_proto_trace_v1_Span_Event__Output)[];
  /**
   * Events left out.
   */
  'droppedEventsCount': (number);
  /**
   * Spans that it belongs to without being their child.
   */
  'links': (_opentelemetry_proto_trace_v1_Span_Link__Output)[];
  /**
   * Links left out.
   */
  'droppedLinksCount': (number);
  /**
   * How it ended.
   */
  'status': (_opentelemetry_proto_trace_v1_Status__Output | null);
  /**
   * Trace flags in the low 8 bits.
   */
  'flags': (number);
}
