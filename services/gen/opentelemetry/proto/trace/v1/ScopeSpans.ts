// Original file: proto/opentelemetry/proto/trace/v1/trace.proto

import type { InstrumentationScope as _opentelemetry_proto_common_v1_InstrumentationScope, InstrumentationScope__Output as _opentelemetry_proto_common_v1_InstrumentationScope__Output } from '../../../../opentelemetry/proto/common/v1/InstrumentationScope.ts';
import type { Span as _opentelemetry_proto_trace_v1_Span, Span__Output as _opentelemetry_proto_trace_v1_Span__Output } from '../../../../opentelemetry/proto/trace/v1/Span.ts';

/**
 * Spans of one scope.
 */
export interface ScopeSpans {
  /**
   * The scope.
   */
  'scope'?: (_opentelemetry_proto_common_v1_InstrumentationScope | null);
  /**
   * Its spans.
   */
  'spans'?: (_opentelemetry_proto_trace_v1_Span)[];
  /**
   * Schema of the spans.
   */
  'schemaUrl'?: (string);
}

/**
 * Spans of one scope.
 */
export interface ScopeSpans__Output {
  /**
   * The scope.
   */
  'scope': (_opentelemetry_proto_common_v1_InstrumentationScope__Output | null);
  /**
   * Its spans.
   */
  'spans': (_opentelemetry_proto_trace_v1_Span__Output)[];
  /**
   * Schema of the spans.
   */
  'schemaUrl': (string);
}
